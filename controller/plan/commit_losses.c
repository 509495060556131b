#include "plan/plan.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/error.h"
#include "plan/guard.h"
#include "policies/policy.h"

static bool has_access(const struct intent *intent, const struct subscriber *subscriber,
		       const struct standing *standing, int64_t now, struct arena *arena)
{
	const struct standing nothing = { .reference = subscriber->reference };
	const struct policy_case given = {
		.tenant = &intent->tenant,
		.subscriber = subscriber,
		.standing = standing ? standing : &nothing,
		.now = now,
		.arena = arena,
	};

	return state_is_open(policy_entitle(&given).state);
}

/* ---- money ---- */

#define MONTH_US INT64_C(2629746000000) /* the mean of the calendar's */

/*
 * Worked examples: 2500.00 for 1 month is 2500.00; 1000.00 for 7d is 1000.00 × 30.44 / 7 = 4348.12;
 * 12000.00 for 1 year is 1000.00. A sum that no integer holds is as large as one can be.
 */
static int64_t monthly_cents(const struct package *package)
{
	int64_t scaled, seconds = package->period.exact_us / 1000000;

	if (package->period.months > 0)
		return package->price_cents / package->period.months;
	if (seconds <= 0)
		return 0;
	if (__builtin_mul_overflow(package->price_cents, MONTH_US / 1000000, &scaled))
		return INT64_MAX / 4;
	return scaled / seconds;
}

/* Somebody's worth goes from `was` to `is`. */
static void add_money(struct commit_losses *out, int64_t was, int64_t is)
{
	int64_t *sum = is > was ? &out->monthly_gained_cents : &out->monthly_lost_cents;
	int64_t amount = is > was ? is - was : was - is;

	if (__builtin_add_overflow(*sum, amount, sum))
		*sum = INT64_MAX / 2;
}

/* A customer taken over counts from his opening, although it is booked only by the commit. */
static bool begins_open(const struct subscriber *subscriber, const struct standing *standing,
			int64_t now)
{
	return (!standing || !standing->known) && subscriber->has_opening &&
	       subscriber->opening_paid_until_at > now && subscriber->start_at <= now;
}

static int64_t worth(const struct intent *intent, const struct subscriber *subscriber,
		     const struct standing *standing, int64_t now, struct arena *arena)
{
	if (!subscriber || !(has_access(intent, subscriber, standing, now, arena) ||
			     begins_open(subscriber, standing, now)))
		return 0;
	return monthly_cents(subscriber->package);
}

static void add_all_money(struct commit_losses *out, const struct intent *former,
			  const struct intent *next, const struct standing *standings,
			  uint32_t standing_count, int64_t now, struct arena *arena)
{
	uint32_t i;

	for (i = 0; i < former->subscriber_count; i++) {
		const struct subscriber *was = &former->subscribers[i];
		const struct subscriber *is = intent_subscriber(next, was->reference);
		const struct standing *standing = standing_find(standings, standing_count,
							      was->reference);
		add_money(out, worth(former, was, standing, now, arena),
			  worth(next, is, standing, now, arena));
	}
	for (i = 0; i < next->subscriber_count; i++) {
		const struct subscriber *is = &next->subscribers[i];
		const struct standing *standing = standing_find(standings, standing_count,
							      is->reference);
		if (!intent_subscriber(former, is->reference))
			add_money(out, 0, worth(next, is, standing, now, arena));
	}
}

static int compare_losses(const void *a, const void *b)
{
	const struct commit_loss *x = a, *y = b;
	int order = text_compare(x->router, y->router);

	return order ? order : text_compare(x->reference, y->reference);
}

/* A Tenant's guard counts over its fleet; where none is declared, the defaults do, for the routers
 * that have no nearer one. */
static bool fleet_counts(const struct intent *next, const struct router *router)
{
	return next->tenant.guard.declared ||
	       !(router->guard.declared || router->site->guard.declared);
}

static struct guard fleet_guard(const struct intent *next)
{
	const struct guard defaults = { .declared = true,
					.losses_max_percent = 20,
					.losses_min = 10 };

	return next->tenant.guard.declared ? next->tenant.guard : defaults;
}

struct text plan_fleet_why(const struct intent *next, const struct commit_loss *losses,
			   uint32_t count, uint32_t with_access, struct arena *arena)
{
	uint32_t i, counted = 0;

	for (i = 0; i < count; i++) {
		const struct router *router = intent_router(next, losses[i].router);
		counted += router && fleet_counts(next, router);
	}
	return guard_why(arena, fleet_guard(next), counted, with_access,
			 TEXT("in the whole fleet"));
}

void plan_commit_losses(struct commit_losses *out, const struct intent *former,
			const struct intent *next, const struct standing *standings,
			uint32_t standing_count, int64_t now, struct arena *arena)
{
	uint32_t i, losses = 0, with_access = 0;

	*out = (struct commit_losses){ 0 };
	out->losses = ARENA_ARRAY(arena, struct commit_loss, former->subscriber_count + 1);
	for (i = 0; i < former->subscriber_count; i++) {
		const struct subscriber *was = &former->subscribers[i];
		const struct subscriber *is = intent_subscriber(next, was->reference);
		const struct standing *standing = standing_find(standings, standing_count,
							      was->reference);
		/* A router that leaves git is no longer managed: nobody there loses anything. */
		const struct router *router = intent_router(next, was->router->name);
		if (!router || !has_access(former, was, standing, now, arena))
			continue;
		out->with_access++;
		with_access += fleet_counts(next, router);
		if (is && is->router == router && has_access(next, is, standing, now, arena))
			continue;
		out->losses[out->count++] = (struct commit_loss){ router->name, was->reference };
		losses += fleet_counts(next, router);
	}
	out->fleet_access = with_access;
	qsort(out->losses, out->count, sizeof(*out->losses), compare_losses);
	add_all_money(out, former, next, standings, standing_count, now, arena);
	out->why = guard_why(arena, fleet_guard(next), losses, with_access,
			     TEXT("in the whole fleet"));
}

/* ---- what the intent says about one router ---- */

static void digest_speed(struct digester *digester, struct speed speed)
{
	digester_i64(digester, (int64_t)speed.down_bits_per_s);
	digester_i64(digester, (int64_t)speed.up_bits_per_s);
}

static void digest_policy(struct digester *digester, const struct dunning_policy *policy)
{
	uint32_t i;

	digester_i64(digester, policy ? (int64_t)policy->step_count : -1);
	if (!policy)
		return;
	digester_i64(digester, policy->how);
	digester_text(digester, policy->address_list);
	for (i = 0; i < policy->step_count; i++) {
		digester_i64(digester, policy->steps[i].at.exact_us);
		digester_i64(digester, policy->steps[i].at.months);
		digester_i64(digester, policy->steps[i].action);
		digest_speed(digester, policy->steps[i].speed);
	}
}

static void digest_package(struct digester *digester, const struct package *package)
{
	digester_text(digester, package->name);
	digester_i64(digester, package->service);
	digest_speed(digester, package->speed);
	digester_i64(digester, package->burst.declared);
	digest_speed(digester, package->burst.rate);
	digest_speed(digester, package->burst.threshold);
	digester_i64(digester, package->burst.time_s);
	digester_i64(digester, package->devices);
	digest_policy(digester, package->dunning);
	if (package->fail_open_us != 0)
		digester_i64(digester, package->fail_open_us);
	if (package->profile.size != 0)
		digester_text(digester, package->profile);
}

static void digest_texts(struct digester *digester, const struct text *texts, uint32_t count)
{
	uint32_t i;

	digester_i64(digester, count);
	for (i = 0; i < count; i++)
		digester_text(digester, texts[i]);
}

static void digest_gardens(struct digester *digester, const struct intent *intent,
			   const struct router *router)
{
	const struct garden *gardens[] = { &router->garden, &router->site->garden };
	uint32_t i;

	for (i = 0; i < ARRAY_COUNT(gardens); i++) {
		digest_texts(digester, gardens[i]->hosts, gardens[i]->host_count);
		digest_texts(digester, gardens[i]->addresses, gardens[i]->address_count);
	}
	digester_text(digester, router->wall_page);
	digester_i64(digester, router->wall_page_port);
	digest_texts(digester, router->wall_garden, router->wall_garden_count);
	digester_text(digester, router->dhcp_server);
	for (i = 0; i < MENU_COUNT; i++)
		digester_i64(digester,
			     intent_drift_of(intent, router, menu_of((enum menu_id)i)->path));
}

static void digest_router(struct digester *digester, const struct intent *intent,
			  const struct router *router)
{
	struct guard guard = intent_guard(intent, router);
	struct maintenance window = intent_maintenance(intent, router);
	uint32_t i;

	digester_text(digester, intent->tenant.name);
	digester_text(digester, router->name);
	digester_text(digester, router->host);
	digester_i64(digester, router->port);
	digester_i64(digester, router->transport);
	digester_i64(digester, router->rest_plain);
	digester_i64(digester, router->tls.anonymous);
	digester_text(digester, router->tls.fingerprint);
	digester_i64(digester, router->tls.ca.kind);
	digester_text(digester, router->tls.ca.name);
	digester_text(digester, router->user);
	digester_i64(digester, router->password.kind);
	digester_text(digester, router->password.name);
	digester_i64(digester, router->mode);
	digester_i64(digester, router->pause_until_at);
	digester_i64(digester, router->has_pppoe);
	digester_text(digester, router->pppoe_local_address);
	digester_text(digester, router->pppoe_pool);
	digester_i64(digester, router->pppoe_range_count);
	for (i = 0; i < router->pppoe_range_count; i++)
		digester_text(digester, router->pppoe_ranges[i]);
	digester_i64(digester, router->has_hotspot);
	digester_text(digester, router->hotspot_server);
	digester_text(digester, router->static_parent);
	digester_i64(digester, router->manages_firewall);
	digest_gardens(digester, intent, router);
	digester_i64(digester, intent_lease(intent, router));
	digester_i64(digester, window.declared);
	digester_i64(digester, window.from_minute);
	digester_i64(digester, window.to_minute);
	digester_i64(digester, guard.losses_max_percent);
	digester_i64(digester, guard.losses_min);
	digester_i64(digester, intent_drift(intent, router));
}

void plan_people_digest(char out[13], const struct intent *intent, const struct router *router,
			const struct subscriber *const *people, uint32_t count)
{
	struct digester digester;
	struct digest digest;
	uint32_t i;

	digester_begin(&digester);
	digest_router(&digester, intent, router);
	for (i = 0; i < count; i++) {
		digester_text(&digester, people[i]->reference);
		digester_text(&digester, people[i]->username);
		digester_text(&digester, people[i]->mac);
		digester_text(&digester, people[i]->address);
		digester_i64(&digester, people[i]->bypass);
		digester_i64(&digester, people[i]->start_at);
		digester_i64(&digester, people[i]->password_kind);
		digester_i64(&digester, people[i]->password.kind);
		digester_text(&digester, people[i]->password.name);
		digest_package(&digester, people[i]->package);
	}
	digest = digester_end(&digester);
	digest_short(&digest, out);
}

void plan_intent_digest(char out[13], const struct intent *intent, const struct router *router)
{
	const struct subscriber *const *all;
	uint32_t count;

	intent_subscribers_of(intent, router, &all, &count);
	plan_people_digest(out, intent, router, all, count);
}

void plan_package_digest(char out[13], const struct package *package)
{
	struct digester digester;
	struct digest digest;

	digester_begin(&digester);
	digest_package(&digester, package);
	digest = digester_end(&digester);
	digest_short(&digest, out);
}
