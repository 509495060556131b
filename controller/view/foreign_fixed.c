/* Who is known by an address or a device, and has no session to be seen by. */
#include "view/foreign_inside.h"

static bool is_off(const struct row *row, const struct menu *menu)
{
	return text_is(row_get(row, menu, "disabled"), "true");
}

static bool is_fixed(const struct subscriber *subscriber)
{
	return subscriber->package->service == SERVICE_STATIC ||
	       subscriber->package->service == SERVICE_IPOE;
}

static const struct row *row_with(const struct table *table, const char *field, struct text value)
{
	for (uint32_t i = 0; i < table->count; i++)
		if (!table->rows[i].dynamic &&
		    text_equal(row_get(&table->rows[i], table->menu, field), value))
			return &table->rows[i];
	return NULL;
}

static const struct subscriber *owner_of_address(const struct finding_work *work,
						 struct text address)
{
	const struct subscriber *const *all;
	uint32_t count;

	intent_subscribers_of(work->in->intent, work->in->router, &all, &count);
	for (uint32_t i = 0; i < count; i++)
		if (text_equal(all[i]->address, address))
			return all[i];
	return NULL;
}

/* ---- access that nobody pays for ---- */

/* A queue for one address shapes one customer: whose is he? */
static void find_queues(struct finding_work *work)
{
	const struct table *table = &work->in->tables[MENU_QUEUE_SIMPLE];

	for (uint32_t i = 0; table->looked && i < table->count; i++) {
		const struct row *row = &table->rows[i];
		struct text target = row_get(row, table->menu, "target"), address, length;
		struct foreign *one;

		if (row->dynamic || is_off(row, table->menu) ||
		    !text_cut(target, '/', &address, &length) || !text_is(length, "32") ||
		    owner_of_address(work, address) != NULL ||
		    foreign_is_ours(work, table->menu, row))
			continue;
		one = foreign_found(work, FOREIGN_ROW, table->menu->path,
				    row_get(row, table->menu, "name"));
		one->comment = row_get(row, table->menu, "comment");
		one->why = text_format(work->arena,
				       "shapes %.*s, an address that no subscriber has here",
				       TEXT_ARG(address));
	}
}

/* Printers and access points have leases too: only where people are known by theirs. */
static void find_leases(struct finding_work *work)
{
	const struct table *table = &work->in->tables[MENU_DHCP_LEASE];
	const struct subscriber *const *all;
	bool matters = false;
	uint32_t count;

	intent_subscribers_of(work->in->intent, work->in->router, &all, &count);
	for (uint32_t i = 0; i < count; i++)
		matters |= all[i]->package->service == SERVICE_IPOE;
	for (uint32_t i = 0; matters && table->looked && i < table->count; i++) {
		const struct row *row = &table->rows[i];
		struct text address = row_get(row, table->menu, "address");
		struct foreign *one;

		if (row->dynamic || is_off(row, table->menu) ||
		    text_is(row_get(row, table->menu, "block-access"), "true") ||
		    owner_of_address(work, address) != NULL ||
		    foreign_is_ours(work, table->menu, row))
			continue;
		one = foreign_found(work, FOREIGN_ROW, table->menu->path, address);
		one->comment = row_get(row, table->menu, "comment");
		one->online = text_is(row_get(row, table->menu, "status"), "bound");
		one->why = TEXT("a static lease for an address that no subscriber has here");
	}
}

static void find_bindings(struct finding_work *work)
{
	const struct table *table = &work->in->tables[MENU_HOTSPOT_BINDING];

	for (uint32_t i = 0; table->looked && i < table->count; i++) {
		const struct row *row = &table->rows[i];
		struct text mac = row_get(row, table->menu, "mac-address");
		struct foreign *one;

		if (!text_is(row_get(row, table->menu, "type"), "bypassed") ||
		    is_off(row, table->menu) || foreign_is_ours(work, table->menu, row))
			continue;
		one = foreign_found(work, FOREIGN_BINDING, table->menu->path,
				    mac.size > 0 ? mac : row_get(row, table->menu, "address"));
		one->comment = row_get(row, table->menu, "comment");
		one->why = TEXT("bypassed: the hotspot lets it by without any user, for ever");
	}
}

/* ---- payers without access ---- */

static struct text list_of(const struct subscriber *subscriber)
{
	const struct dunning_policy *policy = subscriber->package->dunning;

	return policy != NULL ? policy->address_list : TEXT("wavu-suspended");
}

/* Somebody put his address on the list of the suspended by hand. */
static void find_listed(struct finding_work *work, const struct subscriber *subscriber)
{
	const struct table *table = &work->in->tables[MENU_ADDRESS_LIST];
	struct text list = list_of(subscriber);

	for (uint32_t i = 0; table->looked && i < table->count; i++) {
		const struct row *row = &table->rows[i];

		if (!text_equal(row_get(row, table->menu, "list"), list) ||
		    !text_equal(row_get(row, table->menu, "address"), subscriber->address) ||
		    is_off(row, table->menu) || foreign_is_ours(work, table->menu, row))
			continue;
		foreign_payer(work, subscriber, table->menu->path, subscriber->address,
			      text_format(work->arena,
					  "his address is on the list %.*s by an entry that is not "
					  "wavu's: remove it on the router",
					  TEXT_ARG(list)));
		return;
	}
}

/* The row he should have, by its key: missing, or somebody else's. */
static void find_missing(struct finding_work *work, const struct subscriber *subscriber,
			 enum menu_id menu, const char *field, struct text key)
{
	const struct table *table = &work->in->tables[menu];
	const struct row *row;

	if (!table->looked)
		return;
	row = row_with(table, field, key);
	if (row == NULL)
		foreign_payer(work, subscriber, table->menu->path, key,
			      TEXT("there is no row: wavu apply makes it"));
	else if (!foreign_is_ours(work, table->menu, row))
		foreign_payer(work, subscriber, table->menu->path, key,
			      TEXT("another row is in its place and not wavu's: remove it on the "
				   "router, or take it over with mode adopt once it is equal"));
	else if (is_off(row, table->menu))
		foreign_payer(work, subscriber, table->menu->path, key,
			      TEXT("the row is disabled: wavu apply enables it"));
}

static bool is_managed_payer(const struct finding_work *work, const struct subscriber *subscriber)
{
	return work->in->router->mode == MODE_MANAGE &&
	       state_is_open(foreign_entitled(work, subscriber).state);
}

void foreign_fixed(struct finding_work *work)
{
	const struct subscriber *const *all;
	uint32_t count;

	find_queues(work);
	find_leases(work);
	intent_subscribers_of(work->in->intent, work->in->router, &all, &count);
	for (uint32_t i = 0; i < count; i++) {
		if (!is_fixed(all[i]) || !is_managed_payer(work, all[i]))
			continue;
		find_missing(work, all[i], MENU_QUEUE_SIMPLE, "name", all[i]->username);
		if (all[i]->package->service == SERVICE_IPOE)
			find_missing(work, all[i], MENU_DHCP_LEASE, "address", all[i]->address);
		find_listed(work, all[i]);
	}
}

void foreign_devices(struct finding_work *work)
{
	const struct subscriber *const *all;
	uint32_t count;

	find_bindings(work);
	intent_subscribers_of(work->in->intent, work->in->router, &all, &count);
	for (uint32_t i = 0; i < count; i++)
		if (all[i]->bypass && is_managed_payer(work, all[i]))
			find_missing(work, all[i], MENU_HOTSPOT_BINDING, "mac-address",
				     all[i]->mac);
}
