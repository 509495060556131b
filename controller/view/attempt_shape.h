/*
 * Inside of view/ only: how prompts, and a statement beside the ledger, read.
 */
#pragma once

#include "view/shape.h"

void attempt_text(const json_t *data, struct output *output);
void attempts_text(const json_t *data, struct output *output);
void attempts_html(const json_t *data, struct output *output);
void reconcile_text(const json_t *data, struct output *output);
void stated_text(const json_t *data, struct output *output);
