/*
 * One tenant's commit (or folder) as validated objects: an immutable, reference-counted snapshot.
 * intent_read blocks on git or disk; everything else is pure; a snapshot may be read by any thread
 * that holds a reference. It never reads a secret, a clock or the store.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "model/subscriber.h"
#include "model/tenant.h"

struct repository; /* git/repository.h */

struct finding { /* one error or warning of a commit, product.md `validate` */
	struct text file;
	uint32_t line, column;
	struct text path;    /* "speed.down" */
	struct text message; /* a sentence with the remedy */
};

struct findings {
	struct finding *errors;
	uint32_t error_count; /* at most PROBLEMS_MAX are kept; error_total counts all */
	uint32_t error_total;
	struct finding *warnings;
	uint32_t warning_count;
};

struct intent {
	char commit[65]; /* hex, or empty for a folder as it lies */
	struct tenant tenant;
	struct site *sites;
	uint32_t site_count; /* each array is sorted by name */
	struct router *routers;
	uint32_t router_count;
	struct package *packages;
	uint32_t package_count;
	struct dunning_policy *policies;
	uint32_t policy_count;
	struct subscriber *subscribers;
	uint32_t subscriber_count; /* sorted by reference */
	struct arena arena;        /* owns all of it */
	_Atomic uint32_t references;
	const struct intent_index *index; /* see the finders */
	/* whose parts it points to, held; NULL: everything is its own */
	struct intent *former, *next;
};

/*
 * Reads `path` inside the commit `rev` ("" : the branch's newest) of the repository. True with a
 * snapshot (one reference, the caller's) when there is no error; with errors *out is NULL and the
 * call is still true: `findings` says why. False only when the repository itself cannot be read.
 * findings lie in `arena`.
 */
bool intent_read_commit(struct intent **out, struct findings *findings,
			struct repository *repository, struct text rev, struct text path,
			struct arena *arena, struct error *error) MUST_CHECK;
/* The files as they lie in a folder, committed or not. */
bool intent_read_folder(struct intent **out, struct findings *findings, struct text folder,
			struct arena *arena, struct error *error) MUST_CHECK;
/* From files in memory: what both of the above use, and what tests and the simulation use. */
struct intent_file {
	struct text path, bytes;
};
void intent_read_files(struct intent **out, struct findings *findings,
		       const struct intent_file *files, uint32_t count, struct arena *arena);

struct intent *intent_hold(const struct intent *intent); /* one more reference */
void intent_release(struct intent *intent);              /* frees with the last; NULL is fine */
/*
 * The former commit with those people of `next` it does not know and has a place for: their router,
 * their package as it was, and nobody with their username, address, device or profile. One
 * reference, the caller's; routers and packages are the former's very own. NULL: there is nobody.
 */
struct intent *intent_with_newcomers(const struct intent *former, const struct intent *next);

const struct router *intent_router(const struct intent *intent, struct text name);
const struct package *intent_package(const struct intent *intent, struct text name);
const struct channel *intent_channel(const struct intent *intent, struct text name);
/* By text_reference(account); NULL when there is none. */
const struct subscriber *intent_subscriber(const struct intent *intent, struct text reference);
/* The subscribers of one router, in order of reference. */
void intent_subscribers_of(const struct intent *intent, const struct router *router,
			   const struct subscriber *const **out, uint32_t *count);

/* How a payment finds its owner; see policies/matching.h for the order. Each gives the hits (at
 * most 2 are told apart). */
uint32_t intent_by_alias(const struct intent *intent, struct text reference,
			 const struct subscriber **first);
uint32_t intent_by_phone(const struct intent *intent, struct text e164,
			 const struct subscriber **first);
uint32_t intent_by_phone_hash(const struct intent *intent, struct text sha256_hex,
			      const struct subscriber **first);
uint32_t intent_by_username(const struct intent *intent, struct text username,
			    const struct subscriber **first);
/*
 * Whom a person may mean: the account, else the alias, else the username (one on each router may
 * have it), else the phone (a family has one). Gives how many there are, and the first `max` (at
 * least 1) of them.
 */
uint32_t intent_named(const struct intent *intent, struct text thing,
		      const struct subscriber **found, uint32_t max, struct arena *arena);

/* The nearest declared guard (router, site, tenant, else 20 and 10), drift mode (else HEAL). */
struct guard intent_guard(const struct intent *intent, const struct router *router);
enum drift_mode intent_drift(const struct intent *intent, const struct router *router);
/* The same for rows of one menu ("/ppp/secret"): at each of the three `drift_menus` goes before
 * `drift`. */
enum drift_mode intent_drift_of(const struct intent *intent, const struct router *router,
				const char *menu);
/* Does the nearest `lease` say that the router keeps the expiry too? Without one: no. */
bool intent_lease(const struct intent *intent, const struct router *router);
/* The nearest declared window; `declared` false: none, sessions may be dropped at any time. */
struct maintenance intent_maintenance(const struct intent *intent, const struct router *router);
