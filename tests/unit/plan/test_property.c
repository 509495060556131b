/*
 * Random worlds from seeds: random people, facts, commits, hands on the router, lost answers. After
 * each plan is carried out the next one is empty, strangers' rows are byte for byte what they were,
 * and as many rows changed as writes were made.
 */
#include "lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "menu/mark.h"

#define SEEDS 60
#define ROUNDS 12
#define PEOPLE_MAX 24
#define YAML_SIZE (1 << 16)

struct dice {
	uint64_t state;
};

/* splitmix64: the same worlds on every machine. */
static uint32_t dice_roll(struct dice *dice, uint32_t sides)
{
	uint64_t z = (dice->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ (z >> 31)) % sides);
}

static const char head[] =
    "kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n---\n"
    "kind: Site\nname: kasarani\n---\n"
    "kind: Router\nname: kasarani-1\nsite: kasarani\naddress: 10.66.0.11\nuser: wavu\n"
    "password: { file: r.pw }\nmode: manage\n"
    "pppoe: { local_address: 10.10.0.1, pool: wavu-pppoe, ranges: [10.10.1.0/24] }\n"
    "hotspot: { server: hotspot1 }\n---\n"
    "kind: DunningPolicy\nname: standard\nsteps:\n"
    "  - { at: 2d, do: throttle, speed: { down: 512k, up: 256k } }\n"
    "  - { at: 5d, do: suspend }\n  - { at: 60d, do: terminate }\n"
    "suspend: { how: walled, address_list: wavu-suspended }\n---\n";

static const char *const packages[] = { "home-10", "home-20", "day", "fixed" };
static const char *const services[] = { "pppoe", "pppoe", "hotspot", "static" };
#define PACKAGES 4u

/* What the repository says in this round. */
struct repository_of {
	uint32_t speed[PACKAGES]; /* Mbit/s down */
	bool there[PEOPLE_MAX];
	uint32_t package[PEOPLE_MAX];
	uint32_t username[PEOPLE_MAX]; /* a permutation: names change hands */
};

struct stranger {
	enum menu_id menu;
	struct text id;
	struct row row; /* as it was made, with values of its own */
};

/* What a session was really given when it dialled in: the plan cannot see it. */
struct session_of {
	struct text id;
	int64_t dialled_at;
	struct text profile, rate;
};

struct world {
	struct lab lab;
	struct dice dice;
	struct repository_of repository;
	struct stranger strangers[512];
	uint32_t stranger_count;
	struct session_of sessions[1024];
	uint32_t session_count;
	uint32_t macs;
	bool hides; /* passwords read back as stars now and then */
	uint64_t writes, plans, rights_seen, fixed_seen;
};

static const char *yaml_of(const struct repository_of *repository)
{
	static char text[YAML_SIZE];
	size_t used = (size_t)snprintf(text, sizeof(text), "%s", head);
	uint32_t i;

	for (i = 0; i < PACKAGES; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "kind: Package\nname: %s\nservice: %s\nprice: 100\n"
					 "period: 1 month\nspeed: { down: %uM, up: %uM }\n%s---\n",
					 packages[i], services[i], repository->speed[i],
					 repository->speed[i] / 2 + 1,
					 i % 2 == 1 ? "dunning: standard\n" : "");
	for (i = 0; i < PEOPLE_MAX; i++)
		if (repository->there[i])
			used += (size_t)snprintf(text + used, sizeof(text) - used,
						 "kind: Subscriber\nname: KN-%u\nusername: user%u\n"
						 "package: %s\nrouter: kasarani-1\n"
						 "address: 10.9.0.%u\n%s---\n",
						 i, repository->username[i],
						 packages[repository->package[i]], i + 1,
						 i % 5 == 0 ? "mac: \"AA:BB:CC:DD:EE:0F\"\n" : "");
	assert_true(used < sizeof(text));
	return text;
}

static void repository_begin(struct world *world)
{
	struct repository_of *repository = &world->repository;
	uint32_t i;

	for (i = 0; i < PACKAGES; i++)
		repository->speed[i] = 5 + dice_roll(&world->dice, 20);
	for (i = 0; i < PEOPLE_MAX; i++) {
		repository->there[i] = dice_roll(&world->dice, 4) != 0;
		repository->package[i] = dice_roll(&world->dice, PACKAGES);
		repository->username[i] = i;
	}
	repository->there[0] = true;
}

static void repository_change(struct world *world)
{
	struct repository_of *repository = &world->repository;
	uint32_t one = dice_roll(&world->dice, PEOPLE_MAX),
		 other = dice_roll(&world->dice, PEOPLE_MAX);
	uint32_t name = repository->username[one];

	switch (dice_roll(&world->dice, 4)) {
	case 0:
		repository->there[one] = !repository->there[one];
		break;
	case 1:
		repository->package[one] = dice_roll(&world->dice, PACKAGES);
		break;
	case 2:
		repository->username[one] = repository->username[other];
		repository->username[other] = name;
		break;
	default:
		other = dice_roll(&world->dice, PACKAGES);
		repository->speed[other] = 5 + dice_roll(&world->dice, 20);
		break;
	}
	lab_commit(&world->lab, yaml_of(repository));
}

static void facts_change(struct world *world)
{
	uint32_t one = dice_roll(&world->dice, PEOPLE_MAX);
	struct facts *facts;
	char account[16];

	(void)snprintf(account, sizeof(account), "KN-%u", one);
	facts = lab_facts(&world->lab, account);
	switch (dice_roll(&world->dice, 6)) {
	case 0:
		facts->standing.paused = !facts->standing.paused;
		break;
	case 1:
		facts->password = secret_of(
		    text_format(&world->lab.arena, "other-%u", dice_roll(&world->dice, 1000)));
		break;
	case 2:
		/* With passwords that cannot be read, the end of `keep` is a write that may change
		 * nothing. */
		facts->keep_password = !world->hides && !facts->keep_password;
		break;
	default:
		lab_paid(&world->lab, account, (int)dice_roll(&world->dice, 100) - 30);
		break;
	}
}

static void stranger_keep(struct world *world, enum menu_id menu, const struct row *row)
{
	struct stranger *stranger = &world->strangers[world->stranger_count++];
	uint32_t i, count = menu_of(menu)->field_count;

	assert_true(world->stranger_count < ARRAY_COUNT(world->strangers));
	*stranger = (struct stranger){ menu, row->id, *row };
	stranger->row.value = ARENA_ARRAY(&world->lab.arena, struct text, count);
	for (i = 0; i < count; i++)
		stranger->row.value[i] = row->value[i];
}

/* Somebody's own row: a free name, one a subscriber wants but has no row under yet, or a copy of a
 * row of ours. */
static void stranger_come(struct world *world)
{
	static const enum menu_id menus[] = { MENU_PPP_SECRET, MENU_HOTSPOT_USER, MENU_PPP_PROFILE,
					      MENU_QUEUE_SIMPLE };
	enum menu_id menu = menus[dice_roll(&world->dice, 4)];
	struct table *table = &world->lab.world.tables[menu];
	char name[32], words[128];
	struct text comment = TEXT_NONE;
	struct row *row;

	if (dice_roll(&world->dice, 2))
		(void)snprintf(name, sizeof(name), "user%u", dice_roll(&world->dice, PEOPLE_MAX));
	else
		(void)snprintf(name, sizeof(name), "stranger%u", world->stranger_count);
	if (lab_entry(&world->lab, menu, name) || lab_find(&world->lab, menu, "name", name))
		return;
	if (table->count != 0 && dice_roll(&world->dice, 2)) {
		comment = row_get(&table->rows[dice_roll(&world->dice, table->count)], table->menu,
				  "comment");
		/* A mark that fits its key is no copy. */
		if (text_equal(comment, mark_make(&world->lab.arena, TEXT("kasinet"), table->menu,
						  text_of(name))))
			return;
	}
	(void)snprintf(words, sizeof(words), "name=%s", name);
	row = lab_row(&world->lab, menu, words);
	if (menu_field(table->menu, "profile") >= 0)
		row_put(row, table->menu, "profile",
			dice_roll(&world->dice, 2) ? TEXT("wavu-home-10") : TEXT("theirs"),
			&world->lab.arena);
	row_put(row, table->menu, "comment", comment, &world->lab.arena);
	stranger_keep(world, menu, row);
}

/* Somebody's own entry on the list: perhaps of an address that a subscriber has. */
static void stranger_listed(struct world *world)
{
	struct row *row;
	char key[64], words[64];
	uint32_t address = dice_roll(&world->dice, 2 * PEOPLE_MAX);

	(void)snprintf(key, sizeof(key), "wavu-suspended 10.9.0.%u", address);
	(void)snprintf(words, sizeof(words), "10.9.0.%u", address);
	if (lab_entry(&world->lab, MENU_ADDRESS_LIST, key) ||
	    lab_find(&world->lab, MENU_ADDRESS_LIST, "address", words))
		return;
	(void)snprintf(words, sizeof(words), "list=wavu-suspended address=10.9.0.%u", address);
	row = lab_row(&world->lab, MENU_ADDRESS_LIST, words);
	stranger_keep(world, MENU_ADDRESS_LIST, row);
}

static bool is_stranger(const struct world *world, struct text id)
{
	uint32_t i;

	for (i = 0; i < world->stranger_count; i++)
		if (text_equal(world->strangers[i].id, id))
			return true;
	return false;
}

/* A person with WinBox: on rows of ours only. */
static void hand(struct world *world)
{
	static const enum menu_id menus[] = { MENU_PPP_SECRET, MENU_HOTSPOT_USER, MENU_PPP_PROFILE,
					      MENU_HOTSPOT_USER_PROFILE, MENU_POOL,
					      MENU_QUEUE_SIMPLE, MENU_ADDRESS_LIST };
	static const char *const fields[] = { "profile",      "disabled",    "comment",
					      "password",     "rate-limit",  "caller-id",
					      "mac-address",  "ranges",      "remote-address",
					      "shared-users", "address-list", "max-limit",
					      "target",	      "parent" };
	static const char *const values[] = { "fast",
					      "yes",
					      "my own words",
					      "secret",
					      "9M/9M",
					      "AA:00:00:00:00:01",
					      "AA:00:00:00:00:01",
					      "10.9.0.0/24",
					      "10.9.0.1",
					      "7",
					      "friends",
					      "50M/50M",
					      "10.9.0.250",
					      "theirs" };
	enum menu_id menu = menus[dice_roll(&world->dice, 7)];
	struct table *table = &world->lab.world.tables[menu];
	uint32_t which = dice_roll(&world->dice, 14);
	struct row *row;

	if (table->count == 0)
		return;
	row = &table->rows[dice_roll(&world->dice, table->count)];
	if (is_stranger(world, row->id) || row->dynamic)
		return;
	if (dice_roll(&world->dice, 5) == 0) {
		lab_remove(&world->lab, menu, row);
		return;
	}
	if (menu_field(table->menu, fields[which]) >= 0)
		row_put(row, table->menu, fields[which], text_of(values[which]), &world->lab.arena);
}

static struct text rate_of(struct world *world, struct text profile)
{
	const struct table *table = &world->lab.world.tables[MENU_PPP_PROFILE];
	uint32_t i;

	for (i = 0; i < table->count; i++)
		if (text_equal(row_get(&table->rows[i], table->menu, "name"), profile))
			return row_get(&table->rows[i], table->menu, "rate-limit");
	return TEXT_NONE;
}

static const struct session_of *session_of(const struct world *world, struct text id)
{
	uint32_t i;

	for (i = 0; i < world->session_count; i++)
		if (text_equal(world->sessions[i].id, id))
			return &world->sessions[i];
	return NULL;
}

static void queues_go(struct world *world)
{
	const struct menu *queue = menu_of(MENU_QUEUE_SIMPLE);
	char name[64];
	uint32_t i;

	for (i = lab_count(&world->lab, MENU_QUEUE_SIMPLE); i > 0; i--) {
		const struct row *row = &world->lab.world.tables[MENU_QUEUE_SIMPLE].rows[i - 1];
		struct text owner = text_from(row_get(row, queue, "name"), 7);
		if (!row->dynamic)
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)owner.size - 1, owner.at);
		if (!lab_find(&world->lab, MENU_PPP_ACTIVE, "name", name))
			lab_remove(&world->lab, MENU_QUEUE_SIMPLE, row);
	}
}

/* Uptimes grow, and queues go with their sessions. */
static void time_passes(struct world *world)
{
	struct table *live = &world->lab.world.tables[MENU_PPP_ACTIVE];
	uint32_t i;

	for (i = 0; i < live->count; i++) {
		const struct session_of *session = session_of(world, live->rows[i].id);
		assert_non_null(session);
		row_put(
		    &live->rows[i], live->menu, "uptime",
		    text_format(&world->lab.arena, "%llds",
				(long long)((world->lab.now - session->dialled_at) / SECOND_US)),
		    &world->lab.arena);
	}
	queues_go(world);
}

/* The router lets in whom a row enables, once, and makes his queue. */
static void dial_ppp(struct world *world)
{
	const struct table *table = &world->lab.world.tables[MENU_PPP_SECRET];
	struct session_of *session = &world->sessions[world->session_count];
	char name[64], words[160];
	const struct row *row;
	struct row *queue;

	if (table->count == 0)
		return;
	row = &table->rows[dice_roll(&world->dice, table->count)];
	(void)snprintf(name, sizeof(name), "%.*s", TEXT_ARG(row_get(row, table->menu, "name")));
	if (text_is(row_get(row, table->menu, "disabled"), "true") ||
	    lab_find(&world->lab, MENU_PPP_ACTIVE, "name", name))
		return;
	session->profile = row_get(row, table->menu, "profile");
	session->rate = rate_of(world, session->profile);
	if (session->rate.size == 0) /* its profile is gone: nobody gets in by it */
		return;
	session->dialled_at = world->lab.now;
	queues_go(world); /* that of a session put off a moment ago */
	lab_dial(&world->lab, name, 0);
	session->id = lab_find(&world->lab, MENU_PPP_ACTIVE, "name", name)->id;
	world->session_count++;
	assert_true(world->session_count < ARRAY_COUNT(world->sessions));
	(void)snprintf(words, sizeof(words), "name=<pppoe-%s>", name);
	queue = lab_row(&world->lab, MENU_QUEUE_SIMPLE, words);
	row_put(queue, menu_of(MENU_QUEUE_SIMPLE), "max-limit", session->rate, &world->lab.arena);
	queue->dynamic = true;
}

static void dial_in(struct world *world)
{
	const struct table *table = &world->lab.world.tables[MENU_HOTSPOT_USER];
	const struct row *row;
	char name[64], mac[32];

	if (dice_roll(&world->dice, 2) || table->count == 0) {
		dial_ppp(world);
		return;
	}
	row = &table->rows[dice_roll(&world->dice, table->count)];
	(void)snprintf(name, sizeof(name), "%.*s", TEXT_ARG(row_get(row, table->menu, "name")));
	(void)snprintf(mac, sizeof(mac), "AA:BB:CC:00:%02X:%02X", world->macs >> 8 & 255,
		       world->macs & 255);
	world->macs++;
	lab_login(&world->lab, name, mac, dice_roll(&world->dice, 100000));
}

static void print_plan(const struct plan *plan)
{
	uint32_t i;

	for (i = 0; i < plan->count; i++) {
		const struct change *change = &plan->changes[i];
		print_message("%s %s %.*s fields %x (%s) of '%.*s'%s%s\n", verb_word(change->verb),
			      change->menu->path, TEXT_ARG(change->key), change->fields,
			      reason_word(change->reason), TEXT_ARG(change->reference),
			      change->held ? " held" : "", change->report_only ? " report" : "");
	}
}

static void plan_and_approve(struct world *world, const char *only)
{
	static char digest[13];
	static const char *approvals[1] = { digest };

	world->lab.in.approval_count = 0;
	time_passes(world);
	lab_plan(&world->lab, only);
	if (world->lab.plan.guarded.waits) {
		memcpy(digest, world->lab.plan.guarded.digest, sizeof(digest));
		world->lab.in.approvals = approvals;
		world->lab.in.approval_count = 1;
		lab_plan(&world->lab, only);
		assert_true(world->lab.plan.guarded.approved);
	}
	world->plans++;
	if (getenv("WAVU_TRACE")) {
		print_message("-- plan at %lld of %s\n", (long long)(world->lab.now / SECOND_US),
			      only ? only : "everybody");
		print_plan(&world->lab.plan);
	}
}

static bool rows_equal(const struct row *a, const struct row *b, const struct menu *menu)
{
	uint32_t i;

	if (a->present != b->present)
		return false;
	for (i = 0; i < menu->field_count; i++)
		if (row_has(a, i) && !text_equal(a->value[i], b->value[i]))
			return false;
	return true;
}

struct copy {
	struct row *rows;
	uint32_t count;
};

static void copy_world(struct world *world, struct copy copies[MENU_COUNT], struct arena *arena)
{
	uint32_t menu, i, j;

	for (menu = 0; menu < MENU_COUNT; menu++) {
		const struct table *table = &world->lab.world.tables[menu];
		copies[menu].count = table->count;
		copies[menu].rows = ARENA_ARRAY(arena, struct row, table->count + 1);
		for (i = 0; i < table->count; i++) {
			copies[menu].rows[i] = table->rows[i];
			copies[menu].rows[i].value = ARENA_ARRAY(arena, struct text, FIELDS_MAX);
			for (j = 0; j < table->menu->field_count; j++)
				copies[menu].rows[i].value[j] = table->rows[i].value[j];
		}
	}
}

static const struct row *copy_find(const struct copy *copy, struct text id)
{
	uint32_t i;

	for (i = 0; i < copy->count; i++)
		if (text_equal(copy->rows[i].id, id))
			return &copy->rows[i];
	return NULL;
}

/* Rows that came, went or are not what they were; uptimes grow by themselves. */
static uint32_t rows_changed(struct world *world, const struct copy copies[MENU_COUNT])
{
	uint32_t changed = 0, menu, i;

	for (menu = 0; menu < MENU_COUNT; menu++) {
		const struct table *table = &world->lab.world.tables[menu];
		uint32_t kept = 0, had = 0;
		for (i = 0; i < copies[menu].count; i++)
			had += !copies[menu].rows[i].dynamic;
		for (i = 0; i < table->count; i++) {
			const struct row *was = copy_find(&copies[menu], table->rows[i].id);
			if (table->rows[i].dynamic) /* the router's own doing */
				continue;
			kept += was != NULL;
			if (!was ||
			    (table->menu->writable && table->menu->shape != SHAPE_SESSIONS &&
			     !rows_equal(was, &table->rows[i], table->menu)))
				changed++;
		}
		changed += had - kept;
	}
	return changed;
}

static void check_strangers(struct world *world, uint32_t seed)
{
	uint32_t i, j;

	for (i = 0; i < world->stranger_count; i++) {
		const struct stranger *stranger = &world->strangers[i];
		const struct table *table = &world->lab.world.tables[stranger->menu];
		const struct row *found = NULL;
		for (j = 0; j < table->count && !found; j++)
			if (text_equal(table->rows[j].id, stranger->id))
				found = &table->rows[j];
		if (!found || !rows_equal(found, &stranger->row, table->menu))
			fail_msg("seed %u: a stranger's row in %s was touched", seed,
				 table->menu->path);
	}
}

/* Nobody is online by a row of ours that is shut or gone. */
static void check_sessions(struct world *world, uint32_t seed)
{
	static const struct {
		enum menu_id live, row;
		const char *field;
	} all[] = { { MENU_PPP_ACTIVE, MENU_PPP_SECRET, "name" },
		    { MENU_HOTSPOT_ACTIVE, MENU_HOTSPOT_USER, "user" },
		    { MENU_HOTSPOT_COOKIE, MENU_HOTSPOT_USER, "user" } };
	uint32_t i, j;

	for (i = 0; i < ARRAY_COUNT(all); i++)
		for (j = 0; j < lab_count(&world->lab, all[i].live); j++) {
			const struct row *live = &world->lab.world.tables[all[i].live].rows[j];
			struct text name = text_copy(
			    &world->lab.arena, row_get(live, menu_of(all[i].live), all[i].field));
			const struct inventory_entry *entry = lab_entry(&world->lab, all[i].row,
									name.at);
			const struct row *row = lab_find(&world->lab, all[i].row, "name", name.at);
			if (entry && entry->state == INVENTORY_PRESENT &&
			    (!row ||
			     text_is(row_get(row, menu_of(all[i].row), "disabled"), "true")))
				fail_msg("seed %u: %s is online by a shut row", seed, name.at);
		}
}

/* Whoever is online by a row of ours has what is sold now, not what was sold when he dialled in. */
static void check_rights(struct world *world, uint32_t seed, uint32_t round)
{
	const struct table *live = &world->lab.world.tables[MENU_PPP_ACTIVE];
	uint32_t i;

	for (i = 0; i < live->count; i++) {
		const struct session_of *session = session_of(world, live->rows[i].id);
		struct text name = text_copy(&world->lab.arena, live->rows[i].value[0]);
		const struct inventory_entry *entry = lab_entry(&world->lab, MENU_PPP_SECRET,
								name.at);
		const struct row *row = lab_find(&world->lab, MENU_PPP_SECRET, "name", name.at);
		struct text profile;
		if (!entry || !row || entry->state != INVENTORY_PRESENT)
			continue;
		profile = row_get(row, menu_of(MENU_PPP_SECRET), "profile");
		if (!text_equal(profile, session->profile) ||
		    !text_equal(rate_of(world, profile), session->rate))
			fail_msg("seed %u round %u: %s has %.*s at %.*s, and %.*s is sold", seed,
				 round, name.at, TEXT_ARG(session->profile),
				 TEXT_ARG(session->rate), TEXT_ARG(rate_of(world, profile)));
		world->rights_seen++;
	}
}

/*
 * Whoever has a fixed address is shaped to what is sold, and on the list exactly while he is shut
 * off. Where a stranger's row stands in the way there is nothing of ours.
 */
static void check_fixed(struct world *world, uint32_t seed, uint32_t round)
{
	uint32_t i;

	for (i = 0; i < world->lab.plan.person_count; i++) {
		const struct person *person = &world->lab.plan.people[i];
		const struct subscriber *who = person->subscriber;
		struct text key, name, rate;
		bool open, listed;
		if (!who || who->package->service != SERVICE_STATIC ||
		    person->entitlement.state == STATE_NEW ||
		    person->entitlement.state == STATE_TERMINATED)
			continue;
		name = text_copy(&world->lab.arena, who->username);
		open = state_is_open(person->entitlement.state);
		key = text_format(&world->lab.arena, "wavu-suspended %.*s", TEXT_ARG(who->address));
		listed = lab_find(&world->lab, MENU_ADDRESS_LIST, "address",
				  text_copy(&world->lab.arena, who->address).at) != NULL;
		if (open ? lab_entry(&world->lab, MENU_ADDRESS_LIST, key.at) != NULL : !listed)
			fail_msg("seed %u round %u: %s is %s", seed, round, name.at,
				 open ? "shut off although he paid" : "not on the list");
		if (!open || !lab_entry(&world->lab, MENU_QUEUE_SIMPLE, name.at))
			continue;
		rate = text_format(&world->lab.arena, "%llu/%llu",
				   (unsigned long long)person->entitlement.speed.up_bits_per_s,
				   (unsigned long long)person->entitlement.speed.down_bits_per_s);
		lab_expect(lab_have(&world->lab, MENU_QUEUE_SIMPLE, name.at, "max-limit"), rate.at);
		lab_expect(lab_have(&world->lab, MENU_QUEUE_SIMPLE, name.at, "target"),
			   text_format(&world->lab.arena, "%.*s/32", TEXT_ARG(who->address)).at);
		world->fixed_seen++;
	}
}

static void check_empty(struct world *world, uint32_t seed, uint32_t round)
{
	plan_and_approve(world, NULL);
	if (lab_changes(&world->lab) != 0) {
		const struct change *change = &world->lab.plan.changes[0];
		fail_msg("seed %u round %u: a second plan has %u changes, first %s %s %.*s (%s)",
			 seed, round, lab_changes(&world->lab), verb_word(change->verb),
			 change->menu->path, TEXT_ARG(change->key), reason_word(change->reason));
	}
}

static void play_round(struct world *world, uint32_t seed, uint32_t round)
{
	struct copy copies[MENU_COUNT];
	struct arena arena;
	uint32_t i, writes, written;
	char only[16];

	arena_open(&arena, 64u << 20);
	for (i = dice_roll(&world->dice, 4); i > 0; i--)
		repository_change(world);
	for (i = dice_roll(&world->dice, 8); i > 0; i--)
		facts_change(world);
	for (i = dice_roll(&world->dice, 6); i > 0; i--)
		hand(world);
	for (i = dice_roll(&world->dice, 3); i > 0; i--)
		stranger_come(world);
	if (dice_roll(&world->dice, 4) == 0)
		stranger_listed(world);
	for (i = dice_roll(&world->dice, 8); i > 0; i--)
		dial_in(world);
	world->lab.now += dice_roll(&world->dice, 48) * HOUR_US;
	world->lab.all_hidden = world->hides && dice_roll(&world->dice, 2);
	if (dice_roll(&world->dice, 3) == 0) {
		(void)snprintf(only, sizeof(only), "kn%u", dice_roll(&world->dice, PEOPLE_MAX));
		plan_and_approve(world, only);
		(void)lab_carry_out(&world->lab);
	}
	if (dice_roll(&world->dice, 3) == 0) {
		plan_and_approve(world, NULL);
		written = dice_roll(&world->dice, 20);
		lab_carry_out_cut(&world->lab, written, dice_roll(&world->dice, written + 1));
		dial_in(world);
		world->lab.now += dice_roll(&world->dice, 3) * SECOND_US;
	}
	copy_world(world, copies, &arena);
	plan_and_approve(world, NULL);
	writes = lab_carry_out(&world->lab);
	world->writes += writes;
	/* A lost answer about a password that cannot be read is written again, blindly. */
	if (world->hides ? writes < rows_changed(world, copies)
			 : writes != rows_changed(world, copies)) {
		print_plan(&world->lab.plan);
		fail_msg("seed %u round %u: %u writes, but %u rows changed", seed, round, writes,
			 rows_changed(world, copies));
	}
	check_strangers(world, seed);
	check_sessions(world, seed);
	time_passes(world);
	check_rights(world, seed, round);
	check_empty(world, seed, round);
	(void)lab_carry_out(&world->lab);
	check_empty(world, seed, round);
	check_fixed(world, seed, round);
	if (world->lab.plan.fix_count != 0)
		fail_msg("seed %u round %u: the books are never done (%u)", seed, round,
			 world->lab.plan.fix_count);
	arena_close(&arena);
}

static void a_second_plan_is_empty_in_any_world(void **state)
{
	static struct world world;
	const char *more = getenv("WAVU_SEEDS");
	uint64_t writes = 0, plans = 0, strangers = 0, rights = 0, fixed = 0, seeds = SEEDS;
	uint32_t seed, round;

	(void)state;
	if (more)
		assert_true(text_u64(text_of(more), &seeds));
	for (seed = 1; seed <= seeds; seed++) {
		memset(&world, 0, sizeof(world));
		world.dice.state = seed;
		world.hides = seed % 3 == 0;
		repository_begin(&world);
		lab_open(&world.lab, yaml_of(&world.repository));
		if (seed % 2)
			(void)lab_row(
			    &world.lab, MENU_FIREWALL_FILTER,
			    "chain=forward action=reject src-address-list=wavu-suspended");
		for (round = 0; round < ROUNDS; round++)
			play_round(&world, seed, round);
		writes += world.writes;
		plans += world.plans;
		strangers += world.stranger_count;
		rights += world.rights_seen;
		fixed += world.fixed_seen;
		lab_close(&world.lab);
	}
	print_message("%llu seeds: %llu plans, %llu writes, %llu strangers' rows untouched, "
		      "%llu sessions and %llu fixed addresses with the right speed\n",
		      (unsigned long long)seeds, (unsigned long long)plans,
		      (unsigned long long)writes, (unsigned long long)strangers,
		      (unsigned long long)rights, (unsigned long long)fixed);
	/* A world in which nothing happens proves nothing. */
	assert_true(writes > seeds * ROUNDS && strangers > seeds && rights > seeds &&
		    fixed > seeds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_plan_is_empty_in_any_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
