/*
 * The end of a payment as data and as a sentence: online, waiting, or no access and why; the list
 * of those that wait; what of it belongs into status. Reads the stores (and blocks on disk); the
 * caller frees what it gets; nothing is changed.
 */
#pragma once

#include "model/payment.h"
#include "view/outlook.h"
#include "view/shape.h"

/*
 * {"state","router","at","session","since","tries","why","text"}; null for a credit that was booked
 * before this was kept.
 */
bool proof_json(json_t **out, const struct outlook *outlook, const struct payment *payment,
		int64_t now, struct arena *arena, struct error *error) MUST_CHECK;
/* Is it unusually quiet? */
struct silence;
bool proof_silence(struct silence *out, const struct outlook *outlook, int64_t now,
		   struct arena *arena, struct error *error) MUST_CHECK;
/* Adds to a tenant's `payments` of status: waiting, amounts, latencies, silence. */
bool proof_status(json_t *payments, const struct outlook *outlook, int64_t now, struct arena *arena,
		  struct error *error) MUST_CHECK;
/* The sentences about a tenant's money that a person must read; at most PROOF_ALARMS_MAX. */
#define PROOF_ALARMS_MAX 4
struct alarm {
	struct text text;
	const char *page; /* where more of it stands; NULL: nowhere */
};
uint32_t proof_alarms(const json_t *tenant, struct alarm *alarms, struct arena *arena);

/* "12 min", "2 h 10 min", "3 d 4 h": how long, for people. */
struct text age_text(struct arena *arena, int64_t us);
