#include "loop/follow.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "loop/rollout.h"
#include "money/booking.h"
#include "money/channel_key.h"
#include "plan/plan.h"
#include "policies/policy.h"
#include "provider/provider.h"
#include "seat/keeping.h"
#include "settings/secrets.h"
#include "state/fleet.h"
#include "state/ledger.h"
#include "state/street.h"

#define FETCH_MS_MAX 60000
#define TAKE_ARENA_SIZE ((size_t)4 << 30) /* a million standings; touched as needed */
#define PASSWORD_SIZE 10
/* The source is written when something is new, and now and then to say that it was looked at. */
#define LOOKED_PACE_US MINUTE_US

/* ---- what taking a commit books ----------------------------------------------------------------
 */

struct taking {
	struct seat *seat;
	const struct intent *former; /* in force until now; NULL: none */
	struct intent *next;
	int64_t now;
	bool *wanted;         /* by the router's index in `next`: to be rung */
	struct keeping *kept; /* what waits for its wave */
};

static bool write_source(struct seat *seat, const struct source_state *source, struct error *error)
{
	if (!store_begin(seat->store, error))
		return false;
	if (!source_write(seat->store, source, error)) {
		store_abort(seat->store);
		return false;
	}
	return store_commit(seat->store, error);
}

/* What a taken-over customer had is booked at first sight, and buys what it reaches for. */
static bool book_opening(bool *booked, struct seat *seat, const struct intent *intent,
			 const struct subscriber *subscriber, int64_t now, struct arena *arena,
			 struct error *error)
{
	const struct opened opened = { .start_at = subscriber->start_at,
				       .paid_until_at = subscriber->opening_paid_until_at,
				       .balance_cents = subscriber->opening_balance_cents };
	uint32_t periods;

	if (!ledger_open(booked, seat->store, subscriber->reference, subscriber->account, &opened,
			 now, error))
		return false;
	return !*booked || booking_renew(&periods, seat, intent, subscriber, now, arena, error);
}

/* A password is stored before it is ever sent, so that a lost answer cannot lose it. */
static bool ensure_password(struct seat *seat, const struct subscriber *subscriber,
			    struct arena *arena, struct error *error)
{
	char fresh[PASSWORD_SIZE + 1];
	struct text kept;

	random_password(fresh, PASSWORD_SIZE);
	return ledger_password(&kept, seat->store, subscriber->reference, text_of(fresh), arena,
			       error);
}

static bool book_people(struct seat *seat, const struct intent *next,
			const struct standing *standings, uint32_t count, int64_t now,
			bool *wanted, struct arena *arena, struct error *error)
{
	for (uint32_t i = 0; i < next->subscriber_count; i++) {
		const struct subscriber *subscriber = &next->subscribers[i];
		const struct standing *known =
		    standing_find(standings, count, subscriber->reference);
		bool booked = false;

		if (subscriber->has_opening && (known == NULL || !known->opening_booked) &&
		    !book_opening(&booked, seat, next, subscriber, now, arena, error))
			return error_at(error, "opening of %.*s", TEXT_ARG(subscriber->account));
		/* What he has is another now, though his lines in git may mean the same rows. */
		if (booked)
			wanted[subscriber->router - next->routers] = true;
		if (subscriber->password_kind != PASSWORD_SECRET &&
		    (known == NULL || known->password.size == 0) &&
		    !ensure_password(seat, subscriber, arena, error))
			return false;
	}
	return true;
}

/*
 * Only those routers are owed something whose wishes changed: a comment must not wake a fleet. And
 * not all at once (loop/rollout.h).
 */
static bool want_routers(struct taking *taking, struct arena *arena, struct error *error)
{
	const struct intent *next = taking->next;
	struct text *names = ARENA_ARRAY(arena, struct text, next->router_count + 1);

	for (uint32_t i = 0; i < next->router_count; i++)
		names[i] = next->routers[i].name;
	return fleet_sync(taking->seat->store, names, next->router_count, error) &&
	       rollout_begin(&taking->kept, taking->seat, taking->former, next, taking->now,
			     taking->wanted, arena, error);
}

/* Is he still without access by the new commit, on the router where he would lose it? */
static bool still_loses(const struct intent *next, struct text router, struct text reference,
			const struct standing *standings, uint32_t count, int64_t now,
			struct arena *arena)
{
	const struct subscriber *subscriber = intent_subscriber(next, reference);
	const struct standing *standing = standing_find(standings, count, reference);
	struct policy_case given = { .tenant = &next->tenant,
				     .subscriber = subscriber,
				     .standing = standing,
				     .now = now,
				     .arena = arena };

	return subscriber == NULL || standing == NULL ||
	       !text_equal(subscriber->router->name, router) ||
	       !state_is_open(policy_entitle(&given).state);
}

/* They are in order of router and reference. */
static bool is_among(const struct commit_losses *losses, struct text router, struct text reference)
{
	uint32_t low = 0, high = losses->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct commit_loss *loss = &losses->losses[middle];
		int order = text_compare(loss->router, router);

		if (order == 0)
			order = text_compare(loss->reference, reference);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Everybody whose loss by this commit or an earlier one is not made yet, by router. */
static bool waiting_losses(struct commit_loss **out, uint32_t *out_count, struct seat *seat,
			   const struct intent *next, const struct commit_losses *fresh,
			   const struct standing *standings, uint32_t count, int64_t now,
			   struct arena *arena, struct error *error)
{
	struct router_state *routers;
	uint32_t router_count, loss_count;

	*out = ARENA_ARRAY(arena, struct commit_loss, fresh->count + 1);
	*out_count = fresh->count;
	if (fresh->count > 0)
		memcpy(*out, fresh->losses, fresh->count * sizeof(**out));
	if (!fleet_routers(&routers, &router_count, seat->store, arena, error))
		return false;
	for (uint32_t i = 0; i < router_count; i++) {
		struct text *losses;

		if (!fleet_losses(&losses, &loss_count, seat->store, routers[i].name, arena, error))
			return false;
		*out = arena_grow(arena, *out, *out_count * sizeof(**out),
				  (*out_count + loss_count + 1) * sizeof(**out));
		for (uint32_t k = 0; k < loss_count; k++)
			if (!is_among(fresh, routers[i].name, losses[k]) &&
			    still_loses(next, routers[i].name, losses[k], standings, count, now,
					arena))
				(*out)[(*out_count)++] =
				    (struct commit_loss){ routers[i].name, losses[k] };
	}
	return true;
}

bool follow_weigh(struct commit_losses *losses, struct commit_loss **waiting,
		  uint32_t *waiting_count, struct seat *seat, const struct intent *next,
		  const struct standing *standings, uint32_t count, int64_t now,
		  struct arena *arena, struct error *error)
{
	if (!waiting_losses(waiting, waiting_count, seat, next, losses, standings, count, now,
			    arena, error))
		return false;
	/* Those of earlier commits have access on their routers, though no commit gives it. */
	losses->why = plan_fleet_why(next, *waiting, *waiting_count,
				     losses->fleet_access + *waiting_count - losses->count, arena);
	return true;
}

/* The losses that this commit adds, stored by router. */
static bool store_losses(struct seat *seat, const struct intent *next,
			 const struct commit_losses *losses, struct arena *arena,
			 struct error *error)
{
	struct text *references = ARENA_ARRAY(arena, struct text, losses->count + 1);

	for (uint32_t i = 0; i < losses->count;) {
		uint32_t first = i, people = 0;

		while (i < losses->count &&
		       text_equal(losses->losses[i].router, losses->losses[first].router))
			references[people++] = losses->losses[i++].reference;
		if (!fleet_losses_add(seat->store, losses->losses[first].router, references, people,
				      text_of(next->commit), error))
			return false;
	}
	return true;
}

/*
 * Who loses by this commit is remembered before any router is asked. What waits since an earlier
 * one is weighed again by the guard that counts now: relaxed, it lets them go, and their routers
 * are rung; else it says so in its new words.
 */
static bool remember_losses(struct taking *taking, const struct standing *standings, uint32_t count,
			    struct source_state *source, struct arena *arena, struct error *error)
{
	const struct intent *next = taking->next;
	struct commit_losses losses = { 0 };
	struct commit_loss *waiting;
	uint32_t waiting_count;

	if (taking->former == NULL)
		return true;
	plan_commit_losses(&losses, taking->former, next, standings, count, taking->now, arena);
	if (!store_losses(taking->seat, next, &losses, arena, error))
		return false;
	if (losses.why.size > 0) {
		source->losses_why = losses.why;
		return true;
	}
	if (source->losses_why.size == 0)
		return true;
	if (!follow_weigh(&losses, &waiting, &waiting_count, taking->seat, next, standings, count,
			  taking->now, arena, error))
		return false;
	source->losses_why = losses.why;
	for (uint32_t i = 0; source->losses_why.size == 0 && i < waiting_count; i++) {
		const struct router *router = intent_router(next, waiting[i].router);

		if (router != NULL)
			taking->wanted[router - next->routers] = true;
	}
	return true;
}

static bool take_all(struct taking *taking, struct arena *arena, struct error *error)
{
	struct seat *seat = taking->seat;
	const struct intent *next = taking->next;
	int64_t now = taking->now;
	struct standing *standings;
	struct source_state source;
	uint32_t count;

	if (!source_read(&source, seat->store, arena, error) ||
	    !ledger_standings(&standings, &count, seat->store, arena, error) ||
	    !book_people(seat, next, standings, count, now, taking->wanted, arena, error) ||
	    !ledger_standings(&standings, &count, seat->store, arena, error) ||
	    !want_routers(taking, arena, error) ||
	    !remember_losses(taking, standings, count, &source, arena, error))
		return false;
	source.commit = text_of(next->commit);
	source.newest = source.commit;
	source.commit_at = now;
	source.looked_at = now;
	source.error = TEXT_NONE;
	return source_write(seat->store, &source, error);
}

static bool publish_and_say(struct seat *seat, const struct intent *intent, struct arena *arena,
			    struct error *error)
{
	struct source_state source;
	struct text problems;

	if (!follow_publish(seat, intent, &problems, arena, error) ||
	    !source_read(&source, seat->store, arena, error))
		return false;
	if (text_equal(problems, source.channel_problems))
		return true;
	if (problems.size > 0)
		log_line(LOG_WARNING, "channel-closed", "tenant=%.*s why=\"%.*s\"",
			 TEXT_ARG(seat->tenant->name), TEXT_ARG(problems));
	source.channel_problems = problems;
	return write_source(seat, &source, error);
}

static bool take_and_store(struct taking *taking, struct arena *arena, struct error *error)
{
	struct store *store = taking->seat->store;

	if (!store_begin(store, error))
		return false;
	if (!take_all(taking, arena, error)) {
		store_abort(store);
		return false;
	}
	failpoint("follow-before-commit");
	if (!store_commit(store, error))
		return false;
	failpoint("follow-after-commit");
	keeping_swap(taking->seat, intent_hold(taking->next), taking->kept);
	taking->kept = NULL;
	return true;
}

static bool take(struct seat *seat, const struct intent *former, struct intent *next, int64_t now,
		 struct arena *arena, struct error *error)
{
	struct taking taking = { .seat = seat,
				 .former = former,
				 .next = next,
				 .now = now,
				 .wanted = ARENA_ARRAY(arena, bool, next->router_count + 1) };
	bool done;

	keeping_lock(seat);
	done = take_and_store(&taking, arena, error);
	keeping_unlock(seat);
	keeping_free(taking.kept);
	if (!done || !publish_and_say(seat, next, arena, error))
		return false;
	seat_ring(seat, TEXT_NONE, URGENCY_LOW); /* the routers there are may be others */
	for (uint32_t i = 0; i < next->router_count; i++)
		if (taking.wanted[i])
			seat_ring(seat, next->routers[i].name, URGENCY_NORMAL);
	log_line(LOG_INFO, "commit", "tenant=%.*s commit=%.12s routers=%u subscribers=%u",
		 TEXT_ARG(seat->tenant->name), next->commit, next->router_count,
		 next->subscriber_count);
	return true;
}

bool follow_take(struct seat *seat, struct intent *next, int64_t now, struct error *error)
{
	struct intent *former = seat_intent(seat);
	struct arena arena = { 0 };
	bool done;

	arena_open(&arena, TAKE_ARENA_SIZE);
	done = take(seat, former, next, now, &arena, error);
	arena_close(&arena);
	intent_release(former);
	intent_release(next);
	return done ||
	       error_at(error, "tenant %.*s: taking a commit", TEXT_ARG(seat->tenant->name));
}

/* ---- what the street may know ------------------------------------------------------------------
 */

/*
 * The URL by which a forge says that the branch moved: a channel of the provider "git". Its name
 * has a space, so that no payment channel can be called the same.
 */
static void publish_hook(struct street_channel *slot, uint32_t *count, const struct seat *seat,
			 struct text *problems, struct arena *arena)
{
	struct secret token;
	struct error why = { 0 };

	if (seat->tenant->hook.kind == SECRET_NONE)
		return;
	if (secret_read(&token, seat->settings->secrets, seat->tenant->hook, arena, &why) &&
	    provider_token_ok(secret_reveal(token), &why)) {
		*slot = (struct street_channel){ .channel = TEXT("git hook"),
						 .provider = TEXT("git"),
						 .token = digest_of(secret_reveal(token)) };
		(*count)++;
		return;
	}
	*problems = text_format(arena, "%.*s%sthe git hook is closed: %s", TEXT_ARG(*problems),
				problems->size > 0 ? "; " : "", why.text);
}

/* Its callbacks are kept, but none of them can be proven: that is said before one has come. */
static void key_problem(const struct seat *seat, const struct channel *channel,
			struct text *problems, struct arena *arena)
{
	const struct provider *provider = provider_find(channel->provider);
	struct secret key;
	struct text why;

	if (channel_key_read(&key, seat->settings->secrets, channel, arena, &why) &&
	    (provider == NULL || provider->check == NULL ||
	     channel_api_key_read(&key, seat->settings->secrets, channel, arena, &why)))
		return;
	*problems = text_format(arena, "%.*s%s%.*s", TEXT_ARG(*problems),
				problems->size > 0 ? "; " : "", TEXT_ARG(why));
}

bool follow_publish(struct seat *seat, const struct intent *intent, struct text *problems,
		    struct arena *arena, struct error *error)
{
	const struct tenant *tenant = &intent->tenant;
	struct street_channel *open = ARENA_ARRAY(arena, struct street_channel,
						  tenant->channel_count + 1);
	uint32_t count = 0;

	*problems = TEXT_NONE;
	for (uint32_t i = 0; i < tenant->channel_count; i++) {
		const struct channel *channel = &tenant->channels[i];
		struct secret token;
		struct error why = { 0 };

		if (secret_read(&token, seat->settings->secrets, channel->token, arena, &why) &&
		    provider_token_ok(secret_reveal(token), &why)) {
			open[count++] = (struct street_channel){ .channel = channel->name,
								 .provider = channel->provider,
								 .token = digest_of(
								     secret_reveal(token)),
								 .shortcode = channel->shortcode,
								 .refuses = channel->refuses };
			key_problem(seat, channel, problems, arena);
			continue;
		}
		*problems = text_format(arena, "%.*s%schannel %.*s is closed: %s",
					TEXT_ARG(*problems), problems->size > 0 ? "; " : "",
					TEXT_ARG(channel->name), why.text);
	}
	publish_hook(&open[count], &count, seat, problems, arena);
	return street_publish(seat->store, open, count, error);
}

/* ---- looking at the branch ---------------------------------------------------------------------
 */

/* A commit that some routers are still kept at. */
static struct intent *read_former(void *context, struct text commit)
{
	struct seat *seat = context;
	struct findings findings = { 0 };
	struct intent *intent = NULL;
	struct arena arena = { 0 };
	struct error why = { 0 };

	arena_open(&arena, INTENT_ARENA_SIZE);
	if (!intent_read_commit(&intent, &findings, seat->mirror, commit, seat->tenant->path,
				&arena, &why))
		intent = NULL;
	if (intent == NULL)
		log_line(LOG_WARNING, "commit-lost", "tenant=%.*s commit=%.*s why=\"%s\"",
			 TEXT_ARG(seat->tenant->name), TEXT_ARG(commit), why.text);
	arena_close(&arena);
	return intent;
}

bool follow_start(struct seat *seat, struct error *error)
{
	struct source_state source;
	struct findings findings = { 0 };
	struct intent *intent = NULL;
	struct arena arena = { 0 };
	bool done;

	arena_open(&arena, INTENT_ARENA_SIZE);
	done = source_read(&source, seat->store, &arena, error);
	if (done && source.commit.size > 0) {
		struct error why = { 0 };

		/* What cannot be loaded is taken anew from the branch, as on the first day. */
		if (!intent_read_commit(&intent, &findings, seat->mirror, source.commit,
					seat->tenant->path, &arena, &why) ||
		    intent == NULL)
			log_line(LOG_WARNING, "commit-lost", "tenant=%.*s commit=%.*s why=\"%s\"",
				 TEXT_ARG(seat->tenant->name), TEXT_ARG(source.commit), why.text);
		else
			seat_swap(seat, intent);
	}
	if (done && intent != NULL)
		done = keeping_load(seat, read_former, seat, error) &&
		       publish_and_say(seat, intent, &arena, error);
	arena_close(&arena);
	return done;
}

/* A tenant whose name is another than the settings say would write into another one's files. */
bool follow_name_fits(const struct seat *seat, const struct intent *intent,
		      struct findings *findings, struct arena *arena)
{
	const struct tenant *tenant = &intent->tenant;
	struct finding *finding;

	if (text_equal(tenant->name, seat->tenant->name))
		return true;
	finding = ARENA_NEW(arena, struct finding);
	*finding = (struct finding){
		.file = text_copy(arena, tenant->where.file),
		.line = tenant->where.line,
		.column = tenant->where.column,
		.path = TEXT("name"),
		.message = text_format(arena, "the tenant is %.*s here, but %.*s in the settings",
				       TEXT_ARG(tenant->name), TEXT_ARG(seat->tenant->name)),
	};
	*findings = (struct findings){ .errors = finding, .error_count = 1, .error_total = 1 };
	return false;
}

bool follow_currency_fits(bool *fits, struct seat *seat, const struct intent *former,
			  const struct intent *next, struct findings *findings,
			  struct arena *arena, struct error *error)
{
	const struct where *where = &next->tenant.currency_where;
	struct payment *payments;
	struct finding *finding;
	uint32_t count;

	*fits = former == NULL || text_equal(former->tenant.currency, next->tenant.currency);
	if (*fits)
		return true;
	if (!ledger_payments(&payments, &count, seat->store, -1, 1, arena, error))
		return false;
	*fits = count == 0;
	if (*fits)
		return true;
	finding = ARENA_NEW(arena, struct finding);
	*finding = (struct finding){
		.file = text_copy(arena, where->file),
		.line = where->line,
		.column = where->column,
		.path = TEXT("currency"),
		.message = text_format(
		    arena,
		    "the money in the books is %.*s, and %.*s would only give it another name: "
		    "put %.*s back; another currency is another tenant",
		    TEXT_ARG(former->tenant.currency), TEXT_ARG(next->tenant.currency),
		    TEXT_ARG(former->tenant.currency)),
	};
	*findings = (struct findings){ .errors = finding, .error_count = 1, .error_total = 1 };
	return true;
}

/* Is it this tenant's, in this tenant's money? */
static bool fits_here(bool *fits, struct seat *seat, const struct intent *next,
		      struct findings *findings, struct arena *arena, struct error *error)
{
	struct intent *former = seat_intent(seat);
	bool done = true;

	*fits = follow_name_fits(seat, next, findings, arena);
	if (*fits)
		done = follow_currency_fits(fits, seat, former, next, findings, arena, error);
	intent_release(former);
	return done;
}

static struct text first_error(const struct findings *findings, struct arena *arena)
{
	const struct finding *first = &findings->errors[0];
	struct text more = TEXT_NONE;

	if (findings->error_total > 1)
		more = text_format(arena, " (and %u more)", findings->error_total - 1);
	return text_format(arena, "%.*s:%u:%u: %.*s%s%.*s%.*s", TEXT_ARG(first->file), first->line,
			   first->column, TEXT_ARG(first->path), first->path.size > 0 ? ": " : "",
			   TEXT_ARG(first->message), TEXT_ARG(more));
}

static bool fetch(struct seat *seat, char commit[65], struct arena *arena, struct error *error)
{
	const struct settings_tenant *tenant = seat->tenant;
	struct secret credential = { 0 };
	struct text ref = text_format(arena, "refs/heads/%.*s", TEXT_ARG(tenant->branch));

	if (tenant->credentials.kind != SECRET_NONE &&
	    !secret_read(&credential, seat->settings->secrets, tenant->credentials, arena, error))
		return error_at(error, "credentials of the repository");
	return repository_fetch(seat->mirror, tenant->repository, tenant->branch,
				secret_reveal(credential), FETCH_MS_MAX, error) &&
	       repository_resolve(commit, seat->mirror, ref, error);
}

/*
 * What routers may be kept at from here on: the commits they are kept at now, and the one in force.
 * What no router is kept at any more is let go with the next commit.
 */
static bool keep_formers(struct seat *seat, struct arena *arena, struct error *error)
{
	struct keeping *kept = keeping_copy(seat);
	struct intent *intent = seat_intent(seat);
	uint32_t room = kept != NULL ? kept->count : 0, count = 0;
	struct text *commits = ARENA_ARRAY(arena, struct text, room + 1);
	bool done;

	if (intent != NULL)
		commits[count++] = text_copy(arena, text_of(intent->commit));
	for (uint32_t i = 0; i < room; i++) {
		struct text commit = text_of(kept->routers[i].intent->commit);
		bool known = false;

		for (uint32_t k = 0; !known && k < count; k++)
			known = text_equal(commits[k], commit);
		if (!known)
			commits[count++] = text_copy(arena, commit);
	}
	done = repository_keep_formers(seat->mirror, commits, count, error);
	intent_release(intent);
	keeping_free(kept);
	return done;
}

/* The newest commit is another than the one in force: read it, and take it or say why not. */
static bool consider(struct seat *seat, struct source_state *source, int64_t now,
		     struct followed *out, struct arena *arena, struct error *error)
{
	struct text former = source->error;
	struct intent *next = NULL;
	bool read = intent_read_commit(&next, &out->findings, seat->mirror, text_of(out->commit),
				       seat->tenant->path, arena, &out->trouble);
	bool fits = false;

	if (next != NULL && !fits_here(&fits, seat, next, &out->findings, arena, error)) {
		intent_release(next);
		return false;
	}
	if (!read) {
		/* A missing path, a refused repository: the commit cannot be taken. */
		source->error = text_copy(arena, text_of(out->trouble.text));
		out->invalid = true;
	} else if (fits) {
		/* Kept first: a force-push and gc must not take away what is in force. */
		if (!keep_formers(seat, arena, &out->trouble) ||
		    !repository_keep(seat->mirror, out->commit, &out->trouble)) {
			intent_release(next);
			source->error = text_copy(arena, text_of(out->trouble.text));
			return write_source(seat, source, error);
		}
		out->taken = true;
		return follow_take(seat, next, now, error);
	} else {
		intent_release(next);
		out->invalid = true;
		source->error = first_error(&out->findings, arena);
	}
	if (text_equal(source->error, former))
		return true; /* said before, and looked at again because nothing tells that it is
				the same */
	log_line(LOG_WARNING, "commit-refused", "tenant=%.*s commit=%.12s why=\"%.*s\"",
		 TEXT_ARG(seat->tenant->name), out->commit, TEXT_ARG(source->error));
	return write_source(seat, source, error);
}

static bool look(struct seat *seat, int64_t now, struct followed *out, struct arena *arena,
		 struct error *error)
{
	struct source_state source;
	struct intent *intent;
	bool in_force, done;

	if (!source_read(&source, seat->store, arena, error))
		return false;
	out->looked = fetch(seat, out->commit, arena, &out->trouble);
	if (!out->looked) {
		struct text why = text_copy(arena, text_of(out->trouble.text));

		out->commit[0] = '\0';
		if (text_equal(source.error, why))
			return true;
		log_line(LOG_WARNING, "repository", "tenant=%.*s why=\"%s\"",
			 TEXT_ARG(seat->tenant->name), out->trouble.text);
		source.error = why;
		return write_source(seat, &source, error);
	}
	intent = seat_intent(seat);
	in_force = intent != NULL && strcmp(intent->commit, out->commit) == 0;
	done = true;
	if (intent != NULL)
		done = publish_and_say(seat, intent, arena, error);
	intent_release(intent);
	if (!done)
		return false;
	if (!source_read(&source, seat->store, arena, error))
		return false;
	source.newest = text_of(out->commit);
	if (!in_force) {
		source.looked_at = now;
		return consider(seat, &source, now, out, arena, error);
	}
	if (source.error.size == 0 && now - source.looked_at < LOOKED_PACE_US)
		return true;
	source.error = TEXT_NONE;
	source.looked_at = now;
	return write_source(seat, &source, error);
}

bool follow_step(struct seat *seat, int64_t now, struct followed *out, struct arena *arena,
		 struct error *error)
{
	bool done;

	*out = (struct followed){ 0 };
	seat_turn_take(seat);
	done = look(seat, now, out, arena, error);
	seat_turn_give(seat);
	return done || error_at(error, "tenant %.*s", TEXT_ARG(seat->tenant->name));
}
