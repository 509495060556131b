#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "menu/mark.h"
#include "view/import_inside.h"

#define USERNAME_SIZE_MAX 128u /* characters, as in schemas/kind_subscriber.c */
#define TITLE_SIZE_MAX 100u
#define ACCOUNT_BASE_MAX 24u /* a dash and six digits of a digest follow */

/* ---- accounts ---- */

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_account(struct text text)
{
	if (text.size == 0 || text.size > NAME_SIZE_MAX || !is_letter_or_digit(text.at[0]))
		return false;
	for (uint32_t i = 0; i < text.size; i++)
		if (!is_letter_or_digit(text.at[i]) && strchr("._-", text.at[i]) == NULL)
			return false;
	return true;
}

/* Of menu and username alone, so that the same row has the same account at every import. */
static struct text derived_account(const struct import_work *work, const struct menu *menu,
				   struct text username)
{
	char *base = arena_take(work->arena, ACCOUNT_BASE_MAX + 1);
	struct digester digester;
	struct digest digest;
	char hex[13];
	uint32_t size = 0;

	for (uint32_t i = 0; i < username.size && size < ACCOUNT_BASE_MAX; i++) {
		char c = username.at[i];

		if (is_letter_or_digit(c) || (size > 0 && c != '\0' && strchr("._-", c) != NULL))
			base[size++] = c;
	}
	digester_begin(&digester);
	digester_text(&digester, text_of(menu->path));
	digester_text(&digester, username);
	digest = digester_end(&digester);
	digest_short(&digest, hex);
	return text_format(work->arena, "%.*s-%.6s", size > 0 ? (int)size : 1,
			   size > 0 ? base : "c", hex);
}

static bool take_account(struct import_work *work, const struct menu *menu,
			 struct import_person *person)
{
	struct text reference = text_reference(work->arena, person->username);

	person->account = person->username;
	if (is_account(person->username) && import_set_add(&work->references, reference))
		return true;
	person->account = derived_account(work, menu, person->username);
	return import_set_add(&work->references, text_reference(work->arena, person->account));
}

/* ---- what a comment says ---- */

static void take_phone(const struct import_work *work, struct text word,
		       struct import_person *person)
{
	char phone[16];

	/* What is shorter than a phone is a house number or a date. */
	if (person->phone.size == 0 && word.size >= 9 &&
	    text_phone(word, work->in->intent->tenant.country, phone))
		person->phone = text_copy(work->arena, text_of(phone));
}

static void take_comment(const struct import_work *work, struct text comment,
			 struct import_person *person)
{
	struct text rest = text_trim(text_from(comment, mark_length(comment))), word;
	bool more = rest.size > 0;

	if (more && import_is_plain(rest, TITLE_SIZE_MAX))
		person->title = rest;
	take_phone(work, person->username, person);
	take_phone(work, rest, person);
	while (more) {
		more = text_cut(rest, ' ', &word, &rest);
		take_phone(work, word, person);
	}
	if (person->phone.size > 0 && text_phone(person->title, work->in->intent->tenant.country,
						 (char[16]){ 0 }))
		person->title = TEXT_NONE;
}

/* ---- one row ---- */

struct text import_address_flaw(struct import_work *work, struct text address)
{
	const struct router *router = work->in->router;
	uint32_t value, local;

	if (!text_ipv4(address, &value))
		return text_format(work->arena,
				   "its address %.*s is no single IPv4 address: clear it, or give "
				   "it to the profile",
				   TEXT_ARG(address));
	if (value >> 24 == 0 || value >> 24 == 127 || value >> 28 >= 14)
		return text_format(work->arena, "its address %.*s is none a device can have",
				   TEXT_ARG(address));
	if (text_ipv4(router->pppoe_local_address, &local) && local == value)
		return text_format(work->arena,
				   "its address %.*s is the router's local_address",
				   TEXT_ARG(address));
	if (!import_set_add(&work->addresses, address))
		return text_format(work->arena, "its address %.*s is somebody else's already",
				   TEXT_ARG(address));
	return TEXT_NONE;
}

static struct text secret_flaw(struct import_work *work, const struct row *row,
			       struct import_person *person)
{
	const struct menu *menu = menu_of(MENU_PPP_SECRET);
	struct text service = row_get(row, menu, "service");
	char mac[18];

	if (!text_is(service, "pppoe") && !text_is(service, "any"))
		return text_format(work->arena,
				   "it serves %.*s, which this version does not manage",
				   TEXT_ARG(service));
	person->mac = row_get(row, menu, "caller-id");
	if (person->mac.size > 0 &&
	    (!text_mac(person->mac, mac) || !text_is(person->mac, mac) ||
	     text_is(person->mac, "00:00:00:00:00:00")))
		return text_format(work->arena,
				   "its caller-id %.*s is no MAC address in capitals",
				   TEXT_ARG(person->mac));
	person->address = row_get(row, menu, "remote-address");
	return TEXT_NONE;
}

static struct text user_flaw(struct import_work *work, const struct row *row,
			     struct import_person *person)
{
	const struct menu *menu = menu_of(MENU_HOTSPOT_USER);
	struct text server = row_get(row, menu, "server");

	if (!text_is(server, "all") && !text_equal(server, work->in->router->hotspot_server))
		return text_format(work->arena,
				   "it is for hotspot server %.*s; Router %.*s declares %.*s",
				   TEXT_ARG(server), TEXT_ARG(work->in->router->name),
				   TEXT_ARG(work->in->router->hotspot_server));
	person->mac = row_get(row, menu, "mac-address");
	if (text_is(person->mac, "00:00:00:00:00:00"))
		person->mac = TEXT_NONE;
	person->address = row_get(row, menu, "address");
	if (text_is(person->address, "0.0.0.0"))
		person->address = TEXT_NONE;
	return TEXT_NONE;
}

static struct text package_flaw(const struct import_work *work, enum service service,
				const struct row *row, struct import_person *person)
{
	struct text profile = row_get(row, import_row_menu(service), "profile");
	const struct import_package *package = import_package_of(work, service, profile);

	person->package = package;
	if (package == NULL)
		return text_format(work->arena,
				   "its profile %.*s is built in or not there: give it one of its "
				   "own, with a rate",
				   TEXT_ARG(profile));
	if (package->why.size > 0)
		return text_format(work->arena, "profile %.*s: %.*s", TEXT_ARG(profile),
				   TEXT_ARG(package->why));
	return TEXT_NONE;
}

static struct text person_flaw(struct import_work *work, enum service service,
			       const struct row *row, struct import_person *person)
{
	const struct menu *menu = import_row_menu(service);
	int password = menu_field(menu, "password");
	struct text flaw;

	if (!import_is_plain(person->username, USERNAME_SIZE_MAX) ||
	    text_trim(person->username).size != person->username.size)
		return TEXT("its name has bytes that YAML cannot hold, blanks at an end, or more "
			    "than 128 characters");
	if (row_has(row, (uint32_t)password) && row->value[password].size == 0)
		return TEXT("it has no password: `keep` would make one and lock its owner out");
	flaw = package_flaw(work, service, row, person);
	if (flaw.size == 0 && service == SERVICE_HOTSPOT)
		flaw = user_flaw(work, row, person);
	else if (flaw.size == 0)
		flaw = secret_flaw(work, row, person);
	if (flaw.size == 0 && person->address.size > 0)
		flaw = import_address_flaw(work, person->address);
	return flaw;
}

void import_take(struct import_work *work, const struct menu *menu, struct import_person *person,
		 struct text flaw, struct text comment)
{
	if (flaw.size == 0 && !take_account(work, menu, person))
		flaw = TEXT("no account could be made of its name: declare it by hand");
	if (flaw.size > 0) {
		import_leave(work, menu->path, person->username, flaw);
		return;
	}
	import_package_of(work, person->package->service, person->package->profile)->people++;
	take_comment(work, comment, person);
	work->people[work->person_count++] = *person;
}

static void take_row(struct import_work *work, enum service service, const struct row *row)
{
	const struct menu *menu = import_row_menu(service);
	struct import_person person = { .username = row_get(row, menu, "name") };
	struct text flaw;

	if (import_is_ours(work, menu, row) ||
	    import_set_has(&work->usernames[service], person.username)) {
		work->out->known_count++;
		return;
	}
	flaw = person_flaw(work, service, row, &person);
	if (flaw.size == 0 && !import_set_add(&work->usernames[service], person.username))
		flaw = TEXT("a second row of that name, for another server: one of them is taken");
	person.is_disabled = text_is(row_get(row, menu, "disabled"), "true");
	import_take(work, menu, &person, flaw, row_get(row, menu, "comment"));
}

/* ---- all rows ---- */

struct named {
	struct text name;
	const struct row *row;
	uint32_t order;
};

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = text_compare(x->name, y->name);

	return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

/* By name, so that who keeps his name as account does not hang on the order of the router. */
static void take_rows(struct import_work *work, enum service service)
{
	const struct table *table = work->in->rows[service];
	struct named *sorted;

	if (table == NULL || table->count == 0)
		return;
	sorted = ARENA_ARRAY(work->arena, struct named, table->count);
	for (uint32_t i = 0; i < table->count; i++)
		sorted[i] = (struct named){ row_get(&table->rows[i], table->menu, "name"),
					    &table->rows[i], i };
	qsort(sorted, table->count, sizeof(*sorted), compare_named);
	for (uint32_t i = 0; i < table->count; i++)
		take_row(work, service, sorted[i].row);
}

void import_people(struct import_work *work)
{
	for (int service = 0; service < SERVICE_COUNT; service++)
		take_rows(work, (enum service)service);
	import_fixed_people(work);
	work->out->person_count = work->person_count;
}
