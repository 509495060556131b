#include "cli/payment_alias.h"

#include <stdio.h>

#include "cli/patch_files.h"
#include "state/ledger.h"
#include "view/adopt_view.h"

#define NOT_EDITABLE "`aliases` stands in a way that cannot be edited by line"

struct remembering {
	struct call *call;
	const struct newest *newest;
	struct text typed; /* what the payer wrote */
	struct adopt_result result;
	const char *why_not;
};

/* What the payer of this receipt wrote, from the one tenant that has it. */
static bool read_typed(struct text *typed, struct call *call, struct error *error)
{
	*typed = TEXT_NONE;
	for (uint32_t i = 0; i < call->outlook_count; i++) {
		struct payment payment;
		bool found;

		if (!ledger_payment(&found, &payment, call->outlooks[i].store, call->arguments[0],
				    &call->arena, error))
			return false;
		if (found)
			*typed = text_trim(payment.reference);
	}
	return true;
}

/* Words as people type them; what YAML would have to escape is nobody's habit. */
static bool is_plain(struct text typed)
{
	for (uint32_t i = 0; i < typed.size; i++)
		if ((unsigned char)typed.at[i] < ' ' || typed.at[i] == '"' || typed.at[i] == '\\' ||
		    (unsigned char)typed.at[i] > '~')
			return false;
	return typed.size > 0 && typed.size <= NAME_SIZE_MAX;
}

static const char *propose(struct remembering *remembering, const struct newest_tenant *tenant,
			   const struct subscriber *subscriber, struct error *error)
{
	struct arena *arena = &remembering->call->arena;
	struct text item = text_format(arena, "\"%.*s\"", TEXT_ARG(remembering->typed));
	struct text reference = text_reference(arena, remembering->typed);
	const struct subscriber *other = NULL;
	struct patch_file *files, *file;
	const struct node *map;
	uint32_t count;

	if (intent_subscriber(tenant->intent, reference) != NULL ||
	    intent_by_alias(tenant->intent, reference, &other) > 0)
		return "what the payer typed names an account already";
	if (subscriber->alias_count == ALIASES_MAX)
		return "the account has as many aliases as there may be";
	if (!patch_files_read(&files, &count, remembering->call, tenant, error))
		return NULL;
	file = patch_files_find(files, count, subscriber->where.file, tenant, arena);
	map = file != NULL ? patch_document(file, "Subscriber", subscriber->account) : NULL;
	if (map == NULL || !patch_append(file, map, "aliases", item, "name", arena))
		return NOT_EDITABLE;
	remembering->result.patch = patch_diff(file, TEXT_NONE, arena);
	remembering->result.taken = 1;
	return NULL;
}

static bool remember(struct remembering *remembering, struct error *error)
{
	struct text account = text_reference(&remembering->call->arena,
					     remembering->call->arguments[1]);

	remembering->why_not = "the account is not in the newest commit";
	if (!is_plain(remembering->typed)) {
		remembering->why_not = remembering->typed.size == 0
					   ? "the payer typed nothing"
					   : "what the payer typed cannot be an alias";
		return true;
	}
	for (uint32_t i = 0; i < remembering->newest->count; i++) {
		const struct newest_tenant *tenant = &remembering->newest->tenants[i];
		const struct subscriber *subscriber = intent_subscriber(tenant->intent, account);

		if (subscriber == NULL &&
		    intent_by_alias(tenant->intent, account, &subscriber) != 1)
			continue;
		remembering->why_not = propose(remembering, tenant, subscriber, error);
		return error->code == ERROR_NONE;
	}
	return true;
}

int run_payment_alias(struct call *call)
{
	struct remembering remembering = { .call = call };
	struct newest newest = { 0 };
	struct document *answer;
	struct error error = { 0 };
	bool done;
	int exit_code = call_answer(&answer, call, "assign", call->arguments, 2);

	if (answer == NULL || exit_code != EXIT_DONE)
		return answer == NULL ? exit_code : call_print(call, answer, exit_code);
	/* Standard output is for `git apply` alone. */
	fprintf(stderr, "%.*s",
		TEXT_ARG(document_render(answer, FORMAT_TEXT, false, &call->arena)));
	document_free(answer);
	remembering.newest = &newest;
	done = call_outlooks(call, &error) && read_typed(&remembering.typed, call, &error) &&
	       newest_open(&newest, &call->settings, call->tenant, &error) &&
	       remember(&remembering, &error);
	newest_close(&newest);
	if (!done)
		return call_fail(call, &error);
	if (remembering.why_not != NULL)
		fprintf(stderr, "wavu: no alias: %s\n", remembering.why_not);
	return call_print(call, view_adopt(&remembering.result), EXIT_DONE);
}
