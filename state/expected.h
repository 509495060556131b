/*
 * Whose payments are expected, in TENANT.street.db: what the webhook program may know to answer a
 * validation. Written by the controller; what is written grows with what changed. Blocks on disk.
 * It never holds a name, an account or a phone: only some bits of a salted digest.
 */
#pragma once

#include "state/store.h"

enum expected_kind {
	EXPECTED_REFERENCE, /* text_reference() of an account or an alias */
	EXPECTED_PHONE      /* 64 lower-case hex digits: SHA-256 of the E.164 digits */
};

struct expected {
	enum expected_kind kind;
	struct text value;
	int64_t cents;  /* the least he is expected to pay; 0: anything */
	bool is_served; /* false: nobody (any more) */
};

/* What holds for all of them. */
struct expecting {
	struct text country; /* for phones in references */
	bool by_payer;
	int64_t fresh_at; /* 0: nothing is published */
};

/* Bits of a key: 30,000 of them make one unknown in 2,000 look known, and nine of ten phones that
 * fit one nobody's. */
#define EXPECTED_BITS 26

/* Makes it the whole set; writes only what differs. Nothing and fresh_at 0: nobody is expected.
 * CONTROLLER. */
bool expected_sync(uint32_t *written, struct store *store, const struct expecting *expecting,
		   const struct expected *rows, uint32_t count, struct arena *arena,
		   struct error *error) MUST_CHECK;
/* One subscriber's facts changed: his own rows. Nothing is published yet: nothing is done.
 * CONTROLLER. */
bool expected_put(struct store *store, const struct expected *rows, uint32_t count,
		  struct error *error) MUST_CHECK;
/* All of it is still right. CONTROLLER. */
bool expected_freshen(struct store *store, int64_t now, struct error *error) MUST_CHECK;

/* *expecting zeroed: nothing is published. Any role that reads the street. */
bool expected_read(struct expecting *expecting, struct store *store, struct arena *arena,
		   struct error *error) MUST_CHECK;
/* The first of `rows` (kind and value) that is expected, in *out; *found false: none. */
bool expected_find(bool *found, struct expected *out, struct store *store,
		   const struct expected *rows, uint32_t count, struct error *error) MUST_CHECK;
