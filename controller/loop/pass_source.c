#include "loop/pass_inside.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "loop/commit.h"
#include "loop/follow.h"
#include "loop/rollout.h"
#include "settings/secrets.h"
#include "state/fleet.h"
#include "state/ledger.h"
#include "view/outlook.h"

#define FETCH_MS_MAX 60000

static void say(struct pass *pass, struct text tenant, struct text message)
{
	if (pass->message.size > 0)
		pass->message = text_format(&pass->arena, "%.*s\n", TEXT_ARG(pass->message));
	pass->message = text_format(&pass->arena, "%.*stenant %.*s: %.*s", TEXT_ARG(pass->message),
				    TEXT_ARG(tenant), TEXT_ARG(message));
}

/* The newest commit is wrong: exit 4, whatever else happens. */
static void invalid(struct pass *pass, const struct pass_tenant *tenant,
		    const struct findings *findings, struct text why)
{
	struct findings *all = &pass->findings;
	uint32_t count = all->error_count + findings->error_count;
	struct finding *errors = ARENA_ARRAY(&pass->arena, struct finding, count + 1);

	pass->invalid = true;
	if (all->error_count > 0)
		memcpy(errors, all->errors, all->error_count * sizeof(*errors));
	if (findings->error_count > 0)
		memcpy(errors + all->error_count, findings->errors,
		       findings->error_count * sizeof(*errors));
	all->errors = errors;
	all->error_count = count;
	all->error_total += findings->error_total;
	say(pass, tenant->seat->tenant->name,
	    why.size > 0 ? why : TEXT("the newest commit is invalid"));
}

static void failed(struct pass *pass, const struct pass_tenant *tenant, const struct error *error)
{
	pass->exit_code = error_disposition(error->code)->exit_code;
	if (pass->exit_code == 0 || error->code == ERROR_INVALID)
		pass->exit_code = 1;
	say(pass, tenant->seat->tenant->name, text_of(error->text));
}

/* ---- apply ----------------------------------------------------------------------------------- */

static bool source_in_force(struct pass *pass, struct pass_tenant *tenant, struct engine *engine,
			    const struct pass_wish *wish, struct error *error)
{
	struct followed followed;
	struct source_state source;

	if (!engine_catch_up_seat(engine, tenant->seat, &followed, &pass->arena, error) ||
	    !rollout_release(tenant->seat, wish->router, clock_now(), error) ||
	    !source_read(&source, tenant->seat->store, &pass->arena, error))
		return false;
	if (followed.invalid)
		invalid(pass, tenant, &followed.findings, source.error);
	else if (!followed.looked)
		failed(pass, tenant, &followed.trouble);
	tenant->intent = seat_intent(tenant->seat);
	return true;
}

/* ---- plan ------------------------------------------------------------------------------------ */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

/* A URL is fetched into a mirror of a moment, so that a plan changes nothing that is ours. */
static bool fetch_aside(struct repository **out, const struct seat *seat, char folder[],
			struct arena *arena, struct error *error)
{
	const struct settings_tenant *tenant = seat->tenant;
	struct secret credential = { 0 };

	if (mkdtemp(folder) == NULL)
		return error_set(error, ERROR_FAILED, "a folder for the mirror cannot be made");
	if (tenant->credentials.kind != SECRET_NONE &&
	    !secret_read(&credential, seat->settings->secrets, tenant->credentials, arena, error))
		return error_at(error, "credentials of the repository");
	if (!repository_open_mirror(out, text_of(folder), error))
		return false;
	if (repository_fetch(*out, tenant->repository, tenant->branch, secret_reveal(credential),
			     FETCH_MS_MAX, error))
		return true;
	repository_close(*out);
	*out = NULL;
	return false;
}

static bool open_source(struct repository **out, struct pass *pass,
			const struct pass_tenant *tenant, char folder[], struct error *error)
{
	const struct seat *seat = tenant->seat;
	struct error why = { 0 };

	repository_library_start();
	if (seat->tenant->is_local)
		return repository_open(out, seat->tenant->repository, error);
	if (fetch_aside(out, seat, folder, &pass->arena, &why))
		return true;
	say(pass, seat->tenant->name,
	    text_format(&pass->arena, "%s; planned by what was fetched last", why.text));
	return repository_open(out, settings_mirror(seat->settings, seat->tenant, &pass->arena),
			       error);
}

/* Who is on another router by the new commit is not cut off: he moves. */
static void name_cuts(struct pass *pass, struct pass_tenant *tenant, const struct intent *former)
{
	struct arena *arena = &pass->arena;

	tenant->cuts = ARENA_ARRAY(arena, struct planned_cut, tenant->losses.count + 1);
	for (uint32_t i = 0; i < tenant->losses.count; i++) {
		struct text reference = tenant->losses.losses[i].reference;
		const struct subscriber *was = intent_subscriber(former, reference);
		const struct subscriber *is = intent_subscriber(tenant->intent, reference);

		if (is != NULL && !text_equal(is->router->name, was->router->name))
			continue;
		tenant->cuts[tenant->cut_count++] =
		    (struct planned_cut){ .account = text_copy(arena, was->account),
					  .title = text_copy(arena, was->title),
					  .router = text_copy(arena, was->router->name) };
	}
}

/* The commit in force, which the one to come is compared with; NULL: it cannot be read. */
static struct intent *read_former(struct pass *pass, const struct seat *seat, struct text commit)
{
	struct repository *mirror;
	struct findings findings;
	struct intent *former = NULL;
	struct error why;

	if (!repository_open(&mirror, settings_mirror(seat->settings, seat->tenant, &pass->arena),
			     &why))
		return NULL;
	if (!intent_read_commit(&former, &findings, mirror, commit, seat->tenant->path,
				&pass->arena, &why))
		former = NULL;
	repository_close(mirror);
	return former;
}

/* What going there from what is in force would cost: the guard's arithmetic of a commit to come. */
static bool weigh_losses(struct pass *pass, struct pass_tenant *tenant,
			 const struct source_state *source, const struct intent *former,
			 struct error *error)
{
	struct seat *seat = tenant->seat;
	struct standing *standings;
	struct commit_loss *waiting;
	uint32_t count, waiting_count;

	if (!ledger_standings(&standings, &count, seat->store, &pass->arena, error))
		return false;
	plan_commit_losses(&tenant->losses, former, tenant->intent, standings, count, clock_now(),
			   &pass->arena);
	/* What waits since an earlier commit is weighed again by the one to come. */
	if (tenant->losses.why.size == 0 && source->losses_why.size > 0 &&
	    !commit_weigh(&tenant->losses, &waiting, &waiting_count, seat, tenant->intent,
			  standings, count, clock_now(), &pass->arena, error))
		return false;
	name_cuts(pass, tenant, former);
	for (uint32_t i = 0; i < tenant->losses.count; i++) {
		struct commit_loss *loss = &tenant->losses.losses[i];

		/* They may lie in the former intent, which goes soon. */
		loss->router = text_copy(&pass->arena, loss->router);
		loss->reference = text_copy(&pass->arena, loss->reference);
	}
	tenant->losses.why = text_copy(&pass->arena, tenant->losses.why);
	tenant->has_former = true;
	return true;
}

static bool foretell(struct pass *pass, struct pass_tenant *tenant, struct error *error)
{
	struct seat *seat = tenant->seat;
	struct source_state source;
	struct findings findings;
	struct intent *former;
	bool fits = true, done;

	if (!source_read(&source, seat->store, &pass->arena, error))
		return false;
	tenant->preview = !text_is(source.commit, tenant->intent->commit);
	if (!tenant->preview || source.commit.size == 0)
		return true;
	former = read_former(pass, seat, source.commit);
	if (former == NULL)
		return true;
	done = commit_currency_fits(&fits, seat, former, tenant->intent, &findings, &pass->arena,
				    error) &&
	       (!fits || weigh_losses(pass, tenant, &source, former, error));
	if (done && !fits) {
		invalid(pass, tenant, &findings, TEXT_NONE);
		intent_release(tenant->intent);
		tenant->intent = NULL;
	}
	intent_release(former);
	return done;
}

static bool read_newest(struct pass *pass, struct pass_tenant *tenant, const struct pass_wish *wish,
			struct repository *repository, struct error *error)
{
	struct text branch = tenant->seat->tenant->branch;
	struct text rev = wish->rev.size > 0
			      ? wish->rev
			      : text_format(&pass->arena, "refs/heads/%.*s", TEXT_ARG(branch));
	struct findings findings = { 0 };
	char commit[65];

	if (!repository_resolve(commit, repository, rev, error) ||
	    !intent_read_commit(&tenant->intent, &findings, repository,
				text_copy(&pass->arena, text_of(commit)),
				tenant->seat->tenant->path, &pass->arena, error)) {
		if (error->code != ERROR_INVALID)
			return false;
		invalid(pass, tenant, &findings, text_copy(&pass->arena, text_of(error->text)));
		return true;
	}
	if (tenant->intent == NULL ||
	    !commit_name_fits(tenant->seat, tenant->intent, &findings, &pass->arena)) {
		invalid(pass, tenant, &findings, TEXT_NONE);
		intent_release(tenant->intent);
		tenant->intent = NULL;
	}
	return true;
}

static bool source_newest(struct pass *pass, struct pass_tenant *tenant,
			  const struct pass_wish *wish, struct error *error)
{
	char folder[] = P_tmpdir "/mirror-XXXXXX";
	struct repository *repository = NULL;
	struct error why = { 0 };
	bool done = true;

	if (!open_source(&repository, pass, tenant, folder, &why) ||
	    !read_newest(pass, tenant, wish, repository, &why))
		failed(pass, tenant, &why);
	repository_close(repository);
	if (!text_ends(text_of(folder), TEXT("XXXXXX")))
		(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (tenant->intent != NULL)
		done = foretell(pass, tenant, error);
	return done;
}

bool pass_source(struct pass *pass, struct pass_tenant *tenant, struct engine *engine,
		 const struct pass_wish *wish, struct error *error)
{
	return wish->look_only ? source_newest(pass, tenant, wish, error)
			       : source_in_force(pass, tenant, engine, wish, error);
}
