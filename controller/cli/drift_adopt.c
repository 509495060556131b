#include "cli/drift.h"

#include <stdio.h>

#include "cli/patch_files.h"
#include "menu/menu.h"
#include "menu/value.h"
#include "state/events.h"
#include "view/adopt_view.h"
#include "view/drift_fields.h"

/* The files of one tenant's newest commit, and what is to be written into them. */
struct adoption {
	struct call *call;
	const struct newest_tenant *tenant;
	struct patch_file *files;
	uint32_t file_count;
	struct adopt_result *result;
};

static void leave(struct adoption *adoption, const struct drift_row *row, const char *field,
		  const char *why)
{
	struct adopt_result *result = adoption->result;

	result->left = arena_grow(&adoption->call->arena, result->left,
				  result->left_count * sizeof(*result->left),
				  (result->left_count + 1) * sizeof(*result->left));
	result->left[result->left_count++] = (struct adopt_left){
		row->router, row->menu, row->key, text_of(field), text_of(why)
	};
}

/* ---- where it stands in the repository ---- */

static struct patch_file *file_of(struct adoption *adoption, const struct where *where)
{
	return patch_files_find(adoption->files, adoption->file_count, where->file,
				adoption->tenant, &adoption->call->arena);
}

static bool set(struct adoption *adoption, const struct where *where, const char *kind,
		struct text name, const char *inside, const char *key, struct text value,
		const char *behind)
{
	struct patch_file *file = file_of(adoption, where);
	const struct node *map = file != NULL ? patch_document(file, kind, name) : NULL;

	if (map != NULL && inside != NULL)
		map = node_get(map, inside);
	if (map == NULL)
		return false;
	if (value.size == 0)
		return patch_remove(file, map, key);
	return patch_set(file, map, key, value, behind, &adoption->call->arena);
}

static bool set_person(struct adoption *adoption, const struct subscriber *subscriber,
		       const char *key, struct text value)
{
	return set(adoption, &subscriber->where, "Subscriber", subscriber->account, NULL, key,
		   value, "router");
}

/* ---- what a field means ---- */

static const struct package *package_of(const struct intent *intent, struct text profile,
					enum service service)
{
	for (uint32_t i = 0; i < intent->package_count; i++) {
		const struct package *package = &intent->packages[i];
		struct text own = text_from(profile, 5);

		if (package->service != service)
			continue;
		if (package->profile.size > 0 ? text_equal(package->profile, profile)
					      : text_starts(profile, TEXT("wavu-")) &&
						    text_equal(package->name, own))
			return package;
	}
	return NULL;
}

static struct text quoted(struct text value, struct arena *arena)
{
	return value.size == 0 ? value : text_format(arena, "\"%.*s\"", TEXT_ARG(value));
}

static const char *adopt_person(struct adoption *adoption, const struct subscriber *subscriber,
				const struct drift_field *field)
{
	struct arena *arena = &adoption->call->arena;
	struct text name = field->name, value = field->have;
	const struct package *package;
	uint32_t address;
	char mac[18];

	if (text_is(name, "profile")) {
		package = package_of(adoption->tenant->intent, value, subscriber->package->service);
		if (package == NULL)
			return "no package has that profile";
		return set_person(adoption, subscriber, "package", package->name)
			   ? NULL
			   : "`package` stands in a way that cannot be edited by line";
	}
	if (text_is(name, "remote-address") || text_is(name, "address")) {
		if (text_is(value, "0.0.0.0"))
			value = TEXT_NONE;
		if (value.size > 0 && !text_ipv4(value, &address))
			return "it is no single IPv4 address";
		return set_person(adoption, subscriber, "address", value)
			   ? NULL
			   : "`address` stands in a way that cannot be edited by line";
	}
	if (text_is(name, "caller-id") || text_is(name, "mac-address")) {
		if (text_is(value, "00:00:00:00:00:00"))
			value = TEXT_NONE;
		if (value.size > 0 && (!text_mac(value, mac) || !text_is(value, mac)))
			return "it is no MAC address in capitals";
		return set_person(adoption, subscriber, "mac", quoted(value, arena))
			   ? NULL
			   : "`mac` stands in a way that cannot be edited by line";
	}
	if (text_is(name, "disabled"))
		return "who has access follows from payments: `wavu subscriber pause` and "
		       "`payment record` say otherwise";
	if (text_is(name, "password"))
		return "passwords are not kept in the repository";
	return "it has no place in YAML";
}

/* ---- profiles ---- */

static struct text rate_of(uint64_t bits_per_s, struct arena *arena)
{
	if (bits_per_s % 1000000 == 0)
		return text_format(arena, "%lluM", (unsigned long long)(bits_per_s / 1000000));
	return text_format(arena, "%lluk", (unsigned long long)(bits_per_s / 1000));
}

static const char *adopt_rate(struct adoption *adoption, const struct package *package,
			      struct text limit)
{
	struct arena *arena = &adoption->call->arena;
	struct text canonical = normalise_rate_limit(arena, limit), rates, burst;
	uint64_t up, down;
	bool is_set = true;

	(void)text_cut(canonical, ' ', &rates, &burst);
	if (!value_rates(canonical, &up, &down) || up == 0 || down == 0 || up % 1000 != 0 ||
	    down % 1000 != 0)
		return "it has no two rates in whole kbit/s";
	if (burst.size > 0 || package->burst.declared)
		return "a burst is a matter of four rates and a time: write it by hand";
	if (down != package->speed.down_bits_per_s)
		is_set &= set(adoption, &package->where, "Package", package->name, "speed", "down",
			      rate_of(down, arena), "down");
	if (up != package->speed.up_bits_per_s)
		is_set &= set(adoption, &package->where, "Package", package->name, "speed", "up",
			      rate_of(up, arena), "up");
	return is_set ? NULL : "`speed` stands in a way that cannot be edited by line";
}

static const char *adopt_package(struct adoption *adoption, const struct package *package,
				 const struct drift_field *field)
{
	struct text value = field->have;
	uint64_t count;

	if (text_is(field->name, "rate-limit"))
		return adopt_rate(adoption, package, value);
	if (text_is(field->name, "only-one"))
		value = text_is(value, "yes") ? TEXT("1") : TEXT("unlimited");
	else if (!text_is(field->name, "shared-users"))
		return "it has no place in YAML";
	if (!text_is(value, "unlimited") && (!text_u64(value, &count) || count == 0))
		return "it is no number of devices";
	return set(adoption, &package->where, "Package", package->name, NULL, "devices", value,
		   "price")
		   ? NULL
		   : "`devices` stands in a way that cannot be edited by line";
}

/* ---- rows ---- */

static bool is_profile(const struct drift_row *row, enum service *service)
{
	*service = text_starts(row->menu, TEXT("/ip/hotspot")) ? SERVICE_HOTSPOT : SERVICE_PPPOE;
	return text_is(row->menu, "/ppp/profile") || text_is(row->menu, "/ip/hotspot/user/profile");
}

static void adopt_row(struct adoption *adoption, const struct drift_row *row)
{
	struct arena *arena = &adoption->call->arena;
	const struct intent *intent = adoption->tenant->intent;
	struct drift_field fields[FIELDS_MAX];
	uint32_t count = view_drift_fields(fields, FIELDS_MAX, row->fields, arena);
	const struct subscriber *subscriber =
	    intent_subscriber(intent, text_reference(arena, row->subscriber));
	const struct package *package = NULL;
	enum service service;
	bool there = false;

	if (is_profile(row, &service))
		package = package_of(intent, row->key, service);
	for (uint32_t i = 0; i < count; i++)
		there |= fields[i].has_have;
	if (!there) {
		leave(adoption, row, "",
		      "the row was removed: take it out of git, or let wavu put it back");
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		const char *why = "nothing in the newest commit stands for this row";

		if (text_is(fields[i].name, "comment"))
			why = "the mark is wavu's: a comment behind it stays as it is";
		else if (subscriber != NULL)
			why = adopt_person(adoption, subscriber, &fields[i]);
		else if (package != NULL)
			why = adopt_package(adoption, package, &fields[i]);
		if (why != NULL)
			leave(adoption, row, text_copy(arena, fields[i].name).at, why);
		else
			adoption->result->taken++;
	}
}

/* ---- one tenant ---- */

static bool adopt_tenant(struct adopt_result *result, const struct newest_tenant *tenant,
			 struct call *call, struct error *error)
{
	struct adoption adoption = { .call = call, .tenant = tenant, .result = result };
	struct drift_row *rows;
	uint32_t count;

	if (!drift_read(&rows, &count, tenant->seat->store, &call->arena, error) ||
	    !patch_files_read(&adoption.files, &adoption.file_count, call, tenant, error))
		return false;
	for (uint32_t i = 0; i < count; i++)
		adopt_row(&adoption, &rows[i]);
	for (uint32_t i = 0; i < adoption.file_count; i++)
		result->patch = patch_diff(&adoption.files[i], result->patch, &call->arena);
	return true;
}

int run_drift_adopt(struct call *call)
{
	struct adopt_result result = { 0 };
	struct newest newest = { 0 };
	struct document *document = NULL;
	struct error error = { 0 };
	bool done = call_settings(call, &error) &&
		    newest_open(&newest, &call->settings, call->tenant, &error);

	for (uint32_t i = 0; done && i < newest.count; i++)
		done = adopt_tenant(&result, &newest.tenants[i], call, &error);
	for (uint32_t i = 0; done && i < result.left_count; i++)
		fprintf(stderr, "wavu: not taken: %.*s %.*s %.*s %.*s: %.*s\n",
			TEXT_ARG(result.left[i].router), TEXT_ARG(result.left[i].menu),
			TEXT_ARG(result.left[i].key), TEXT_ARG(result.left[i].field),
			TEXT_ARG(result.left[i].why));
	if (done)
		document = view_adopt(&result);
	newest_close(&newest);
	if (!done)
		return call_fail(call, &error);
	return call_print(call, document,
			  result.patch.size > 0 || result.left_count > 0 ? EXIT_CHANGES
									 : EXIT_DONE);
}
