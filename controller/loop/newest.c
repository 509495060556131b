#include "loop/newest.h"

#include <string.h>

#include "loop/pass_inside.h"

#define NEWEST_ARENA_SIZE ((size_t)4 << 30)

static bool read_tenant(struct newest *out, struct seat *seat, struct error *error)
{
	const struct pass_wish wish = { .look_only = true };
	struct newest_tenant *one = &out->tenants[out->count];
	struct pass_tenant tenant = { .seat = seat };
	struct pass pass = { .arena = out->arena };
	bool done = pass_source(&pass, &tenant, out->engine, &wish, error);

	out->arena = pass.arena;
	if (!done)
		return false;
	if (tenant.intent == NULL) {
		const struct findings *findings = &pass.findings;

		if (findings->error_count == 0)
			return error_set(error, pass.invalid ? ERROR_INVALID : ERROR_FAILED, "%.*s",
					 TEXT_ARG(pass.message));
		return error_set(error, ERROR_INVALID,
				 "%.*s:%u:%u: %.*s (`wavu plan` shows all %u mistakes)",
				 TEXT_ARG(findings->errors[0].file), findings->errors[0].line,
				 findings->errors[0].column, TEXT_ARG(findings->errors[0].message),
				 findings->error_total);
	}
	one->seat = seat;
	one->intent = tenant.intent;
	memcpy(one->commit, tenant.intent->commit, sizeof(one->commit));
	out->count++;
	return true;
}

bool newest_open(struct newest *out, const struct settings *settings, struct text tenant,
		 struct error *error)
{
	memset(out, 0, sizeof(*out));
	if (!engine_open(&out->engine, settings, ENGINE_READ, tenant, error))
		return false;
	arena_open(&out->arena, NEWEST_ARENA_SIZE);
	out->tenants = ARENA_ARRAY(&out->arena, struct newest_tenant,
				   engine_seat_count(out->engine) + 1);
	for (uint32_t i = 0; i < engine_seat_count(out->engine); i++) {
		struct seat *seat = engine_seat(out->engine, i);

		if (tenant.size > 0 && !text_equal(tenant, seat->tenant->name))
			continue;
		if (!read_tenant(out, seat, error)) {
			newest_close(out);
			return false;
		}
	}
	return true;
}

void newest_close(struct newest *newest)
{
	for (uint32_t i = 0; i < newest->count; i++)
		intent_release(newest->tenants[i].intent);
	engine_close(newest->engine);
	arena_close(&newest->arena);
	memset(newest, 0, sizeof(*newest));
}

bool newest_router(const struct newest_tenant **tenant, const struct router **router,
		   const struct newest *newest, struct text name, struct error *error)
{
	*router = NULL;
	for (uint32_t i = 0; i < newest->count; i++) {
		const struct router *found = intent_router(newest->tenants[i].intent, name);

		if (found == NULL)
			continue;
		if (*router != NULL)
			return error_set(error, ERROR_INVALID,
					 "two tenants have a router %.*s: add --tenant NAME",
					 TEXT_ARG(name));
		*tenant = &newest->tenants[i];
		*router = found;
	}
	if (*router == NULL)
		return error_set(error, ERROR_FAILED,
				 "there is no router %.*s in the newest commit", TEXT_ARG(name));
	return true;
}
