#include "plan/compile.h"

#include "base/error.h"
#include "plan/bypass.h"
#include "plan/gardens.h"
#include "plan/lease.h"
#include "plan/walls.h"
#include "policies/policy.h"

/* Which profiles this router needs: of all packages used here, or in a partial plan of the people
 * asked about. */
struct needs {
	bool *packages;        /* by index in the intent */
	uint32_t walled_count; /* people who are shut off because no wall was seen */
};

const struct facts *facts_of(const struct plan_input *in, struct text reference)
{
	uint32_t low = 0, high = in->facts_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(in->facts[middle].reference, reference);
		if (order == 0)
			return &in->facts[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- profiles ---- */

static void want_profile(struct draft *draft, const struct profile_wish *wish)
{
	const struct service_row *service = service_of(wish->package->service);
	struct table *table;
	struct row *row;
	uint32_t i;

	if (!service->profile)
		return;
	table = &draft->desired[service->profile_menu];
	/* Partial plans name few, and full ones name each package's once: only variants can repeat.
	 */
	for (i = table->count; i > 0 && table->count - i < STEPS_MAX + 2; i--)
		if (text_equal(row_get(&table->rows[i - 1], table->menu, "name"), wish->name))
			return;
	row = table_add(table, draft->arena);
	service->profile(row, wish, draft->arena);
	row->where = &wish->package->where;
	row->because = text_format(draft->arena, "package %.*s", TEXT_ARG(wish->package->name));
}

static void want_plain(struct draft *draft, const struct package *package)
{
	const struct profile_wish wish = {
		.router = draft->in->router,
		.package = package,
		.name = profile_name(draft->arena, package),
		.speed = package->speed,
		.bursts = true,
		.taken_over = package->profile.size != 0,
	};
	want_profile(draft, &wish);
}

static void want_throttled(struct draft *draft, const struct package *package, struct speed speed)
{
	const struct profile_wish wish = {
		.router = draft->in->router,
		.package = package,
		.name = profile_name_throttled(draft->arena, package, speed),
		.speed = speed,
	};
	want_profile(draft, &wish);
}

static void want_walled(struct draft *draft, const struct package *package, struct text list)
{
	const struct profile_wish wish = {
		.router = draft->in->router,
		.package = package,
		.name = profile_name_walled(draft->arena, package),
		.speed = package->speed,
		.address_list = list,
	};
	want_profile(draft, &wish);
}

/* All a package may ever need here, beforehand: a payment or a dunning step is then one write. */
static void want_package(struct draft *draft, const struct package *package)
{
	const struct dunning_policy *policy = package->dunning;
	uint32_t i;

	want_plain(draft, package);
	if (!policy)
		return;
	for (i = 0; i < policy->step_count; i++)
		if (policy->steps[i].action == DUNNING_THROTTLE)
			want_throttled(draft, package, policy->steps[i].speed);
	if (walls_by_policy(policy) && service_of(package->service)->has_walls)
		want_walled(draft, package, policy->address_list);
}

static void want_pool(struct draft *draft)
{
	const struct router *router = draft->in->router;
	struct table *table = &draft->desired[MENU_POOL];
	struct text ranges = TEXT_NONE;
	struct row *row;
	uint32_t i;

	if (!router->has_pppoe || router->pppoe_pool.size == 0 || router->pppoe_range_count == 0)
		return;
	for (i = 0; i < router->pppoe_range_count; i++)
		ranges = words_add(draft->arena, ranges, ',', router->pppoe_ranges[i]);
	row = table_add(table, draft->arena);
	row_put(row, table->menu, "name", router->pppoe_pool, draft->arena);
	row_put(row, table->menu, "ranges", ranges, draft->arena);
	row->where = &router->where;
	row->because = TEXT("the router's pppoe ranges");
}

/* ---- people ---- */

static bool is_walled_now(const struct draft *draft, const struct service_row *service,
			  const struct entitlement *entitlement)
{
	return service->has_walls && entitlement->how == SUSPEND_WALLED &&
	       words_hold(draft->walls, '\n', entitlement->address_list);
}

/* The profile his row carries, and whether it is shut; in a partial plan that profile is wanted
 * too. */
static void wish_state(struct draft *draft, const struct subscriber *subscriber,
		       const struct entitlement *entitlement, struct row_wish *wish)
{
	const struct package *package = subscriber->package;
	const struct service_row *service = service_of(package->service);
	bool suspended = entitlement->state == STATE_SUSPENDED ||
			 entitlement->state == STATE_EXPIRED;

	wish->is_disabled = !state_is_open(entitlement->state);
	wish->speed = entitlement->state == STATE_THROTTLED ? entitlement->speed : package->speed;
	wish->bursts = entitlement->state != STATE_THROTTLED;
	if (entitlement->state == STATE_THROTTLED) {
		wish->profile = profile_name_throttled(draft->arena, package, entitlement->speed);
		if (draft->partial)
			want_throttled(draft, package, entitlement->speed);
	} else if (suspended && is_walled_now(draft, service, entitlement)) {
		wish->profile = profile_name_walled(draft->arena, package);
		wish->is_disabled = false;
		if (draft->partial)
			want_walled(draft, package, entitlement->address_list);
	} else {
		wish->profile = profile_name(draft->arena, package);
		if (draft->partial)
			want_plain(draft, package);
	}
}

/* On a list that no rule looks at, an address is as open as before. */
static bool is_open_all_the_same(const struct draft *draft, const struct subscriber *subscriber)
{
	return service_of(subscriber->package->service)->is_listed &&
	       !words_hold(draft->walls, '\n', walls_list_of(subscriber->package));
}

/* What gives his device its address; whether he has access, the queue's address says. */
static void want_dhcp_lease(struct draft *draft, const struct service_row *service,
		       const struct row_wish *wish, const struct entitlement *entitlement)
{
	struct row *row = table_add(&draft->desired[MENU_DHCP_LEASE], draft->arena);

	service->dhcp_lease(row, wish, draft->arena);
	row->reference = wish->subscriber->reference;
	row->access = ACCESS_NONE;
	row->because = entitlement->because;
	row->where = &wish->subscriber->where;
}

static void want_row(struct draft *draft, const struct subscriber *subscriber,
		     const struct entitlement *entitlement, const struct facts *facts)
{
	const struct service_row *service = service_of(subscriber->package->service);
	struct table *table = &draft->desired[service->row_menu];
	struct row_wish wish = { .router = draft->in->router, .subscriber = subscriber };
	struct row *row;
	int password = menu_field(table->menu, "password");

	wish_state(draft, subscriber, entitlement, &wish);
	row = table_add(table, draft->arena);
	wish.is_blocked = wish.is_disabled && is_open_all_the_same(draft, subscriber);
	service->row(row, &wish, draft->arena);
	if (service->dhcp_lease)
		want_dhcp_lease(draft, service, &wish, entitlement);
	if (password >= 0 && facts && facts->password.readable) {
		row_set(row, table->menu, (uint32_t)password, secret_reveal(facts->password),
			draft->arena);
		if (facts->keep_password)
			row->initial |= 1u << password;
	}
	row->reference = subscriber->reference;
	row->access = state_is_open(entitlement->state) || is_open_all_the_same(draft, subscriber)
			  ? ACCESS_OPEN
			  : ACCESS_SHUT;
	row->because = entitlement->because;
	row->where = &subscriber->where;
	if (service->is_listed && !state_is_open(entitlement->state))
		walls_want_entry(draft, subscriber, entitlement->because);
}

static void judge_subscriber(struct draft *draft, const struct subscriber *subscriber,
			     struct needs *needs)
{
	const struct plan_input *in = draft->in;
	const struct facts *facts = facts_of(in, subscriber->reference);
	const struct standing nothing = { .reference = subscriber->reference };
	const struct policy_case given = {
		.tenant = &in->intent->tenant,
		.subscriber = subscriber,
		.standing = facts ? &facts->standing : &nothing,
		.now = in->now,
		.arena = draft->arena,
	};
	struct person *person = &draft->people[draft->person_count++];

	person->reference = subscriber->reference;
	person->subscriber = subscriber;
	person->entitlement = policy_entitle(&given);
	needs->packages[subscriber->package - in->intent->packages] = true;
	if (person->entitlement.state == STATE_NEW ||
	    person->entitlement.state == STATE_TERMINATED) {
		walls_want_shut(draft, subscriber, person->entitlement.because);
		return;
	}
	if (subscriber->bypass) {
		bypass_want(draft, subscriber, &person->entitlement);
		return;
	}
	if (person->entitlement.how == SUSPEND_WALLED &&
	    !state_is_open(person->entitlement.state) &&
	    !service_of(subscriber->package->service)->is_listed &&
	    !is_walled_now(draft, service_of(subscriber->package->service), &person->entitlement))
		needs->walled_count++;
	want_row(draft, subscriber, &person->entitlement, facts);
	lease_stamp(draft, &given, &person->entitlement);
}

static void judge_everybody(struct draft *draft, struct needs *needs)
{
	const struct plan_input *in = draft->in;
	const struct subscriber *const *all;
	uint32_t i, count;

	if (draft->partial) {
		draft->people = ARENA_ARRAY(draft->arena, struct person, in->only_count + 1);
		for (i = 0; i < in->only_count; i++) {
			const struct subscriber *one = intent_subscriber(in->intent, in->only[i]);
			if (one && one->router == in->router)
				judge_subscriber(draft, one, needs);
		}
		return;
	}
	intent_subscribers_of(in->intent, in->router, &all, &count);
	draft->people = ARENA_ARRAY(draft->arena, struct person, count + 1);
	for (i = 0; i < count; i++)
		judge_subscriber(draft, all[i], needs);
}

/* With `firewall: manage`: one rule for each list that somebody here may be put on. */
static void want_rules(struct draft *draft, const struct needs *needs)
{
	const struct intent *intent = draft->in->intent;
	struct text done = TEXT_NONE;
	uint32_t i;

	for (i = 0; i < intent->package_count && !draft->partial; i++) {
		const struct package *package = &intent->packages[i];
		struct text list = walls_list_of(package);
		if (!draft->in->router->manages_firewall || !needs->packages[i] ||
		    !walls_need(package) || words_hold(done, '\n', list))
			continue;
		done = words_add(draft->arena, done, '\n', list);
		walls_want_rule(draft, list);
		gardens_want_page(draft, list);
	}
}

/* Where `walled` is declared and no wall was seen, nobody is left behind one that is not there:
 * said aloud. */
static void say_walls(struct draft *draft, const struct needs *needs)
{
	const struct intent *intent = draft->in->intent;
	struct text said = TEXT_NONE;
	uint32_t i;

	if (draft->partial && needs->walled_count == 0)
		return;
	for (i = 0; i < intent->package_count; i++) {
		const struct package *package = &intent->packages[i];
		const struct dunning_policy *policy = package->dunning;
		if (!needs->packages[i] || !walls_by_policy(policy))
			continue;
		if (!service_of(package->service)->has_walls ||
		    words_hold(draft->walls, '\n', policy->address_list) ||
		    words_hold(said, '\n', policy->address_list))
			continue;
		said = words_add(draft->arena, said, '\n', policy->address_list);
		draft_problem(
		    draft,
		    text_format(draft->arena,
				"walled acts as disable on %.*s: no enabled rule with "
				"src-address-list=%.*s was seen (filter forward drop or reject, "
				"or nat dstnat dst-nat or redirect)%.*s",
				TEXT_ARG(draft->in->router->name), TEXT_ARG(policy->address_list),
				TEXT_ARG(walls_remedy(draft, policy->address_list))));
	}
}

void compile_router(struct draft *draft)
{
	const struct intent *intent = draft->in->intent;
	struct needs needs = { 0 };
	struct plan *plan = draft->plan;
	uint32_t i;

	for (i = 0; i < MENU_COUNT; i++)
		table_init(&draft->desired[i], menu_of((enum menu_id)i));
	plan->walls_looked = walls_read(&plan->walls, draft->in->observed, draft->arena);
	draft->walls = plan->walls_looked ? plan->walls : draft->in->walls_known;
	needs.packages = ARENA_ARRAY(draft->arena, bool, intent->package_count + 1);
	judge_everybody(draft, &needs);
	want_pool(draft);
	for (i = 0; i < intent->package_count && !draft->partial; i++)
		if (needs.packages[i])
			want_package(draft, &intent->packages[i]);
	want_rules(draft, &needs);
	if (!draft->partial)
		gardens_want(draft);
	lease_want(draft);
	say_walls(draft, &needs);
}
