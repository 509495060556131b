/*
 * `wavu run`: starts `wavu controller`, `wavu-webhook` and `wavu page` found beside this program,
 * starts them again when they end (slower each time), and ends them with itself. Blocks until told
 * to stop. It has no rights of its own and reads nothing.
 */
#pragma once

#include "base/error.h"
#include "base/text.h"

/*
 * `settings_file` is passed to each as -c FILE. True: stopped by SIGTERM or SIGINT and all parts
 * are gone. False: a part is missing, or could not be started at all.
 */
bool supervisor_run(struct text settings_file, struct error *error) MUST_CHECK;
