#include "view/outlook.h"

#include <string.h>

#include "base/zone.h"
#include "git/repository.h"
#include "state/fleet.h"

/* The commit in force is read from our own mirror: the operator's repository may have moved on. */
static bool read_intent(struct outlook *out, const struct settings *settings, struct arena *arena,
			struct error *error)
{
	struct repository *mirror;
	struct findings findings;
	bool done;

	repository_library_start();
	if (!repository_open(&mirror, settings_mirror(settings, out->tenant, arena), error))
		return false;
	done = intent_read_commit(&out->intent, &findings, mirror, out->source.commit,
				  out->tenant->path, arena, error);
	repository_close(mirror);
	if (done && out->intent == NULL)
		return error_set(error, ERROR_INVALID, "the commit in force no longer reads: %.*s",
				 TEXT_ARG(findings.errors[0].message));
	return done;
}

bool outlook_open(struct outlook *out, const struct settings *settings,
		  const struct settings_tenant *tenant, struct intent *cached, struct arena *arena,
		  struct error *error)
{
	struct error trouble = { 0 };

	*out = (struct outlook){ .tenant = tenant, .zone = zone_utc() };
	if (!store_open(&out->store, settings->state, tenant->name, STORE_READER, error) ||
	    !source_read(&out->source, out->store, arena, error)) {
		store_close(out->store);
		intent_release(cached);
		return error_at(error, "tenant %.*s", TEXT_ARG(tenant->name));
	}
	if (cached != NULL && text_is(out->source.commit, cached->commit)) {
		out->intent = cached;
	} else {
		intent_release(cached);
		if (out->source.commit.size > 0 && !read_intent(out, settings, arena, &trouble))
			out->trouble = text_copy(arena, text_of(trouble.text));
	}
	if (out->intent != NULL)
		out->zone = out->intent->tenant.zone;
	return true;
}

void outlook_close(struct outlook *outlook)
{
	store_close(outlook->store);
	intent_release(outlook->intent);
	*outlook = (struct outlook){ 0 };
}
