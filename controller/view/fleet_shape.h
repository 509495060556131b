/*
 * Inside of view/ only: how the state of the fleet reads, on a terminal and on a page.
 */
#pragma once

#include "view/shape.h"

void status_text(const json_t *data, struct output *output);
void status_html(const json_t *data, struct output *output);
void drift_text(const json_t *data, struct output *output);
void drift_html(const json_t *data, struct output *output);
void history_text(const json_t *data, struct output *output);
void history_html(const json_t *data, struct output *output);
void adopt_text(const json_t *data, struct output *output);
void foreign_text(const json_t *data, struct output *output);
void explain_text(const json_t *data, struct output *output);
void explain_html(const json_t *data, struct output *output);
/* One change as an item of a list. */
void change_html(const json_t *change, struct output *output);
