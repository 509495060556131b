/*
 * What is doubted about payments, and whether providers answer: for status, explain and the
 * metrics. Reads the store; blocks on disk; texts lie in the arena; it changes nothing and never
 * judges.
 */
#pragma once

#include "view/outlook.h"
#include "view/proof_view.h"

struct payment;

/* Adds to the `payments` of status: "odd_count", "unconfirmed_count", "denied_count",
 * "unanswered", "prompts_failing". */
bool trust_status(json_t *payments, const struct outlook *outlook, int64_t now, struct arena *arena,
		  struct error *error) MUST_CHECK;
/* Sentences about them; at most TRUST_ALARMS_MAX. */
#define TRUST_ALARMS_MAX 3
uint32_t trust_alarms(const json_t *tenant, struct alarm *alarms, struct arena *arena);
/* What is odd about a payment and what was said of it since, as links of a chain; *alarm: what a
 * person should do about it, or empty. */
bool trust_links(json_t *links, struct text *alarm, const struct outlook *outlook,
		 const struct payment *payment, struct arena *arena,
		 struct error *error) MUST_CHECK;
bool trust_metrics(struct output *output, const struct outlook *outlooks, uint32_t count,
		   int64_t now, struct error *error) MUST_CHECK;
