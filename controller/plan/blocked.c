#include "plan/blocked.h"

#include "base/error.h"

#define NAMES_SHOWN 5u

void blocked_say(struct draft *draft)
{
	static const enum menu_id menus[] = { MENU_PPP_SECRET, MENU_HOTSPOT_USER,
					      MENU_QUEUE_SIMPLE, MENU_DHCP_LEASE,
					      MENU_HOTSPOT_BINDING };
	struct text names = TEXT_NONE;
	uint32_t count = 0, i, j;

	/* A router that is only watched or adopted has mostly such rows. */
	if (draft->in->router->mode != MODE_MANAGE)
		return;
	for (i = 0; i < ARRAY_COUNT(menus); i++)
		for (j = 0; j < draft->item_count[menus[i]]; j++) {
			const struct item *item = &draft->items[menus[i]][j];
			if (item->verb != VERB_CONFLICT || item->reason != REASON_CONFLICT ||
			    !item->person || !item->person->subscriber ||
			    !state_is_open(item->person->entitlement.state))
				continue;
			if (count++ < NAMES_SHOWN)
				names = text_format(draft->arena, "%.*s%s%.*s (%s)",
						    TEXT_ARG(names), count > 1 ? ", " : "",
						    TEXT_ARG(item->person->subscriber->account),
						    item->menu->path);
		}
	if (count != 0)
		draft_problem(draft,
			      text_format(draft->arena,
					  "PAID, but without what wavu would give them on %.*s: "
					  "%.*s%s: another row is in the place of theirs and not "
					  "wavu's: remove it on the router, or take it over with "
					  "mode adopt once it is equal",
					  TEXT_ARG(draft->in->router->name), TEXT_ARG(names),
					  count > NAMES_SHOWN ? " …" : ""));
}
