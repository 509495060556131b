/*
 * Inside of view/ only: how plans and their changes read.
 */
#pragma once

#include "view/shape.h"

void plan_text(const json_t *data, struct output *output);
void apply_text(const json_t *data, struct output *output);
/* One line of one change: "+ /ppp/secret jane (KN-0042): profile wavu-home-10 … because …". */
void change_line(const json_t *change, struct output *output);
/* "profile wavu-a -> wavu-b, disabled true -> false" for people. */
struct text change_fields_text(const json_t *fields, struct arena *arena);
