/*
 * Inside of view/ only: how prompts read.
 */
#pragma once

#include "view/shape.h"

void attempt_text(const json_t *data, struct output *output);
void attempts_text(const json_t *data, struct output *output);
