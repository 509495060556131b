/* Package and DunningPolicy: what is sold, and what happens to who does not pay. */
#include <stdio.h>
#include <stdlib.h>

#include "intent/take.h"
#include "yaml/encoding.h"

/* For ordering steps only: a calendar month counts as the average one. */
static int64_t nominal_us(struct period period)
{
	const int64_t month_us = INT64_C(2629746) * 1000000;
	return period.months ? period.months * month_us : period.exact_us;
}

static int compare_steps(const void *a, const void *b)
{
	const struct dunning_step *left = a, *right = b;
	int64_t left_us = nominal_us(left->at), right_us = nominal_us(right->at);
	if (left_us != right_us)
		return left_us < right_us ? -1 : 1;
	return left->where.line < right->where.line       ? -1
	       : left->where.line > right->where.line     ? 1
	       : left->where.column < right->where.column ? -1
							  : 1;
}

static void build_step(struct reader *reader, const struct source *source, const struct node *map,
		       uint32_t index, struct dunning_step *out)
{
	static const char *const actions[] = { "throttle", "suspend", "terminate", NULL };
	static const enum dunning_action meaning[] = { DUNNING_THROTTLE, DUNNING_SUSPEND,
						       DUNNING_TERMINATE, DUNNING_NOTHING };
	const struct node *action = take_node(map, "do"), *speed = node_get(map, "speed");
	char path[64];
	struct period at;
	*out = (struct dunning_step){
		.at = take_offset(map, "at"),
		.action = meaning[take_word(map, "do", actions, 3)],
		.speed = take_speed(speed),
		.notifies = node_get(map, "notify") != NULL,
		.where = where_of(source, map),
	};
	/* A step without a moment has been told of: nothing more is said about when it acts. */
	bool timed = period_parse_offset(take_raw(map, "at"), &at);
	if (out->action != DUNNING_NOTHING && nominal_us(out->at) < 0) {
		(void)snprintf(path, sizeof(path), "steps[%u].do", index);
		source_error(reader, source, action, path,
			     "a step before the due moment may only notify, for access is paid "
			     "until then: write `at: 0d` or later, or remove `do`");
	}
	(void)snprintf(path, sizeof(path), "steps[%u].speed", index);
	if (out->action == DUNNING_THROTTLE && !speed && !map->broken)
		source_error(reader, source, map, path,
			     "`speed` is missing: `do: throttle` needs it, as { down: 512k, up: "
			     "512k }");
	else if (out->action != DUNNING_THROTTLE && speed)
		source_error(reader, source, speed, path,
			     "is only used with `do: throttle`: remove it");
	if (!action && !out->notifies && !map->broken) {
		(void)snprintf(path, sizeof(path), "steps[%u]", index);
		source_error(reader, source, map, path,
			     "this step does nothing: write `do` or `notify`");
	}
	if (!timed)
		out->action = DUNNING_NOTHING;
}

/* Two acting steps at one moment: nobody could say which of them holds. */
static void refuse_ties(struct reader *reader, const struct source *source,
			const struct dunning_policy *policy)
{
	const struct dunning_step *last = NULL;
	for (uint32_t i = 0; i < policy->step_count; i++) {
		const struct dunning_step *step = &policy->steps[i];
		if (step->action == DUNNING_NOTHING)
			continue;
		if (last && nominal_us(last->at) == nominal_us(step->at)) {
			struct node node = { .line = step->where.line,
					     .column = step->where.column };
			source_error(reader, source, &node, "steps",
				     "this step acts at the same moment as the one in line %u: "
				     "keep one of them, or move one",
				     last->where.line);
		}
		last = step;
	}
}

static void build_policy(struct reader *reader, const struct source *source,
			 struct dunning_policy *out)
{
	static const char *const hows[] = { "disable", "walled", NULL };
	struct intent *intent = reader->intent;
	const struct node *suspend = node_get(source->map, "suspend");
	const struct node *steps = node_get(source->map, "steps");
	*out = (struct dunning_policy){
		.name = text_copy(&intent->arena, source->name),
		.how = take_word(suspend, "how", hows, 0) ? SUSPEND_WALLED : SUSPEND_DISABLE,
		.address_list = take_text(reader, suspend, "address_list"),
		.where = where_of(source, source->map),
	};
	if (out->address_list.size == 0)
		out->address_list = TEXT("wavu-suspended");
	if (!steps || steps->kind != NODE_LIST || steps->count > STEPS_MAX)
		return;
	for (uint32_t i = 0; i < steps->count; i++)
		if (steps->items[i]->kind == NODE_MAP)
			build_step(reader, source, steps->items[i], i,
				   &out->steps[out->step_count++]);
	if (out->step_count > 1)
		qsort(out->steps, out->step_count, sizeof(out->steps[0]), compare_steps);
	refuse_ties(reader, source, out);
}

void build_policies(struct reader *reader)
{
	struct sources sources = sources_of(reader, &kind_dunning_policy);
	struct intent *intent = reader->intent;
	intent->policies = ARENA_ARRAY(&intent->arena, struct dunning_policy, sources.count);
	intent->policy_count = sources.count;
	for (uint32_t i = 0; i < sources.count; i++)
		build_policy(reader, &sources.at[i], &intent->policies[i]);
}

static void build_burst(struct reader *reader, const struct source *source, struct package *out)
{
	const struct node *map = node_get(source->map, "burst");
	if (!map || map->kind != NODE_MAP)
		return;
	struct period time = take_period(map, "time");
	out->burst = (struct burst){
		.declared = true,
		.rate = take_speed(map),
		.threshold = { take_rate(map, "threshold_down"), take_rate(map, "threshold_up") },
		.time_s = (uint32_t)(time.exact_us / 1000000 > 86400 ? 0 : time.exact_us / 1000000),
	};
	const struct node *node = take_node(map, "time");
	if (node && time.exact_us && out->burst.time_s == 0)
		source_error(reader, source, node, "burst.time",
			     "must be from 1s to 24h: RouterOS counts it in seconds");
	/* A burst below the sold speed would be a throttle that nobody meant. */
	if (out->burst.rate.down_bits_per_s && out->speed.down_bits_per_s &&
	    (out->burst.rate.down_bits_per_s < out->speed.down_bits_per_s ||
	     (out->burst.rate.up_bits_per_s &&
	      out->burst.rate.up_bits_per_s < out->speed.up_bits_per_s)))
		source_warning(reader, source, map, "burst",
			       "is slower than `speed`: people would lose speed by it");
}

/* wavu's own names and those that RouterOS makes itself (facts §4) cannot be taken over. */
static void build_profile(struct reader *reader, const struct source *source, struct package *out)
{
	const struct node *node = take_node(source->map, "profile");

	if (!node)
		return;
	out->profile = take_text(reader, source->map, "profile");
	if (text_starts(out->profile, TEXT("wavu-")))
		source_error(reader, source, node, "profile",
			     "names that begin with `wavu-` are wavu's own: remove the key, or "
			     "name the profile that was made by hand");
	else if (text_is(out->profile, "default") || text_is(out->profile, "default-encryption"))
		source_error(reader, source, node, "profile",
			     "is built into the router and cannot be taken over: give these people "
			     "a profile of their own");
}

static void build_package(struct reader *reader, const struct source *source, struct package *out)
{
	static const char *const services[] = { "pppoe", "hotspot", "static", "ipoe", NULL };
	static const char *const billings[] = { "prepaid", "postpaid", NULL };
	struct intent *intent = reader->intent;
	const struct node *map = source->map;
	int64_t dunning = resolve(reader, source, "dunning", "DunningPolicy", intent->policies,
				  intent->policy_count, sizeof(struct dunning_policy));
	bool unlimited = text_is(take_raw(map, "devices"), "unlimited");
	*out = (struct package){
		.name = text_copy(&intent->arena, source->name),
		.title = take_text(reader, map, "title"),
		.service = (enum service)take_word(map, "service", services, 0),
		.price_cents = take_cents(map, "price"),
		.period = take_period(map, "period"),
		.billing = (enum billing)take_word(map, "billing", billings, 0),
		.speed = take_speed(node_get(map, "speed")),
		.devices = unlimited ? 0 : take_count(map, "devices", 1),
		.dunning = dunning >= 0 ? &intent->policies[dunning] : NULL,
		.fail_open_us = take_period(map, "fail_open").exact_us,
		.where = where_of(source, map),
	};
	build_burst(reader, source, out);
	build_profile(reader, source, out);
	if (out->billing == BILLING_POSTPAID)
		source_warning(reader, source, take_node(map, "billing"), "billing",
			       "`billing: postpaid` is accepted, but this version does not act on "
			       "it: the package is sold as prepaid");
	if (out->service == SERVICE_PPPOE && out->devices > 1)
		source_warning(reader, source, take_node(map, "devices"), "devices",
			       "PPPoE knows only 1 and unlimited: %u acts as unlimited",
			       out->devices);
}

void build_packages(struct reader *reader)
{
	struct sources sources = sources_of(reader, &kind_package);
	struct intent *intent = reader->intent;
	intent->packages = ARENA_ARRAY(&intent->arena, struct package, sources.count);
	intent->package_count = sources.count;
	for (uint32_t i = 0; i < sources.count; i++)
		build_package(reader, &sources.at[i], &intent->packages[i]);
}
