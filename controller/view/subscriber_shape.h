/*
 * Inside of view/ only: how subscribers, payments and small answers read.
 */
#pragma once

#include "view/shape.h"

void subscribers_text(const json_t *data, struct output *output);
void subscriber_text(const json_t *data, struct output *output);
void payments_text(const json_t *data, struct output *output);
void payments_html(const json_t *data, struct output *output);
void payments_csv(const json_t *data, struct output *output);
void takings_text(const json_t *data, struct output *output);
void takings_html(const json_t *data, struct output *output);
void takings_csv(const json_t *data, struct output *output);
/* A link to what is known of a receipt, an account or a prompt. */
void put_explained(struct output *output, struct text thing);
void waiting_text(const json_t *data, struct output *output);
void waiting_html(const json_t *data, struct output *output);
void urls_text(const json_t *data, struct output *output);
void findings_text(const json_t *data, struct output *output);
void message_text(const json_t *data, struct output *output);
void verify_text(const json_t *data, struct output *output);
void checks_text(const json_t *data, struct output *output);
