/* The routers, what stands around them, and what happens to them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "model/standing.h"
#include "sim/sim.h"

const char *const foreign_menus[] = {
	"/ppp/profile",     "/ppp/secret", "/ip/hotspot/user/profile",
	"/ip/hotspot/user", "/ip/pool",    "/ip/firewall/filter",
};
const int foreign_menu_count = (int)ARRAY_COUNT(foreign_menus);

/* ---- rows that are not wavu's ---------------------------------------------------------------- */

static int menu_index(const char *menu)
{
	for (int i = 0; i < foreign_menu_count; i++)
		if (strcmp(foreign_menus[i], menu) == 0)
			return i;
	fail("no such menu: %s", menu);
}

/* The line of one row in a dump, copied; NULL: it is not there. */
static char *line_of(const char *dump, uint32_t id)
{
	char head[16];
	size_t size;

	(void)snprintf(head, sizeof(head), "*%X ", id);
	size = strlen(head);
	for (const char *at = dump; at != NULL && *at != '\0';) {
		const char *end = strchr(at, '\n');

		if (strncmp(at, head, size) == 0)
			return strndup(at, (size_t)(end - at));
		at = end == NULL ? NULL : end + 1;
	}
	return NULL;
}

bool fleet_is_foreign(const struct station *station, int menu, uint32_t id)
{
	for (uint32_t i = 0; i < station->foreign_count; i++)
		if (station->foreigns[i].menu == menu && station->foreigns[i].id == id)
			return true;
	return false;
}

static void claim(struct station *station, int menu, uint32_t id)
{
	struct foreign *foreign = NULL;
	char *dump = ros_menu_dump(station->ros, foreign_menus[menu], true);

	for (uint32_t i = 0; i < station->foreign_count; i++)
		if (station->foreigns[i].menu == menu && station->foreigns[i].id == id)
			foreign = &station->foreigns[i];
	if (foreign == NULL) {
		if (station->foreign_count == station->foreign_room) {
			station->foreign_room += 64;
			station->foreigns = realloc(
			    station->foreigns, station->foreign_room * sizeof(*station->foreigns));
			invariant(station->foreigns != NULL);
		}
		foreign = &station->foreigns[station->foreign_count++];
		*foreign = (struct foreign){ .menu = menu, .id = id };
	}
	free(foreign->line);
	foreign->line = line_of(dump, id);
	if (foreign->line == NULL) /* its owner has removed it */
		*foreign = station->foreigns[--station->foreign_count];
	free(dump);
}

void fleet_claim(struct station *station, const char *menu, const char *id)
{
	claim(station, menu_index(menu), (uint32_t)strtoul(id + 1, NULL, 16));
}

static void claim_all(struct station *station)
{
	uint32_t ids[64];

	for (uint32_t i = 0; i < station->foreign_count; i++)
		free(station->foreigns[i].line);
	station->foreign_count = 0;
	for (int menu = 0; menu < foreign_menu_count; menu++) {
		size_t count = ros_row_ids(station->ros, foreign_menus[menu], ids,
					   ARRAY_COUNT(ids));

		for (size_t i = 0; i < count; i++)
			claim(station, menu, ids[i]);
	}
}

void fleet_check_foreign(struct station *station)
{
	for (int menu = 0; menu < foreign_menu_count; menu++) {
		char *dump = ros_menu_dump(station->ros, foreign_menus[menu], true);

		for (uint32_t i = 0; i < station->foreign_count; i++) {
			const struct foreign *foreign = &station->foreigns[i];
			char *line;

			if (foreign->menu != menu)
				continue;
			line = line_of(dump, foreign->id);
			check(line != NULL, "%s %s: a row that is not wavu's is gone: %s",
			      station->name, foreign_menus[menu], foreign->line);
			check(strcmp(line, foreign->line) == 0,
			      "%s %s: a row that is not wavu's was changed:\n  %s\n  %s",
			      station->name, foreign_menus[menu], foreign->line, line);
			free(line);
		}
		free(dump);
	}
}

bool fleet_name_taken(const struct station *station, const char *menu, const char *username)
{
	int index = menu_index(menu);
	char name[40];

	(void)snprintf(name, sizeof(name), " name=%s ", username);
	for (uint32_t i = 0; i < station->foreign_count; i++)
		if (station->foreigns[i].menu == index &&
		    strstr(station->foreigns[i].line, name) != NULL)
			return true;
	return false;
}

bool fleet_conflict(int sub)
{
	const struct declared *declared = declared_in_force();
	const struct sub *who = &declared->subs[sub];
	bool hotspot = declared->packs[who->pack].hotspot;

	return fleet_name_taken(&sim.stations[who->router],
				hotspot ? "/ip/hotspot/user" : "/ppp/secret", who->username);
}

/* ---- making ---------------------------------------------------------------------------------- */

static void by_hand(bool good, const struct ros_answer *answer)
{
	check(good, "the engineer was refused: %s", answer->text);
}

/* What else is on a router in real life: customers and rules of the operator's own. */
static void furnish(struct station *station)
{
	struct ros *ros = station->ros;
	struct ros_answer answer;

	by_hand(ros_hand(ros, &answer, "/ip/pool/add", "=name=staff", "=ranges=10.99.0.0/24", NULL),
		&answer);
	by_hand(ros_hand(ros, &answer, "/ppp/profile/add", "=name=staff", "=rate-limit=9M/9M",
			 "=local-address=10.99.0.1", "=remote-address=staff", NULL),
		&answer);
	by_hand(ros_hand(ros, &answer, "/ppp/secret/add", "=name=stranger", "=password=s",
			 "=profile=staff", "=comment=the owner's brother", NULL),
		&answer);
	by_hand(ros_hand(ros, &answer, "/ip/hotspot/user/add", "=name=guest", "=password=g", NULL),
		&answer);
	if (station->walls)
		by_hand(ros_hand(ros, &answer, "/ip/firewall/filter/add", "=chain=forward",
				 "=action=drop", "=src-address-list=wavu-suspended", NULL),
			&answer);
	ros_cpe_keep(ros, "stranger", "s", "02:00:5E:99:00:01");
}

static void take_name(struct station *station)
{
	struct ros_answer answer;

	by_hand(ros_hand(station->ros, &answer, "/ppp/secret/add", "=name=user1", "=password=own",
			 "=profile=staff", NULL),
		&answer);
	fault_count(FAULT_NAME_TAKEN);
}

void fleet_begin(void)
{
	static const char *const versions[] = { "6.49.19", "7.9", "7.16.2", "7.20.8" };

	for (int i = 0; i < ROUTERS; i++) {
		struct station *station = &sim.stations[i];
		struct ros_options options = { .version = versions[luck_below(4)],
					       .password = ROUTER_PASSWORD,
					       .now_at = sim.now,
					       .seed = luck() };

		station->walls = luck_one_in(2);
		station->hidden = luck_one_in(6);
		if (station->hidden)
			options.policy = "read,write,api";
		station->version = options.version;
		(void)snprintf(station->name, sizeof(station->name), "router-%d", i);
		station->ros = ros_new(&options);
		furnish(station);
		if (luck_one_in(4))
			take_name(station);
		claim_all(station);
	}
}

/* ---- people and their devices ---------------------------------------------------------------- */

static bool know_password(int index, const struct sub *who)
{
	struct standing standing;

	if (sim.passwords[index][0] != '\0')
		return true;
	if (who->password_file) {
		(void)snprintf(sim.passwords[index], sizeof(sim.passwords[index]), "file-%d",
			       index + 1);
		return true;
	}
	life_standing(&standing, index);
	if (standing.password.size == 0)
		return false;
	(void)snprintf(sim.passwords[index], sizeof(sim.passwords[index]), "%.*s",
		       TEXT_ARG(standing.password));
	return true;
}

static void uninstall(struct device_at_home *home)
{
	struct ros *ros = sim.stations[home->router].ros;

	if (!home->installed)
		return;
	home->installed = false;
	if (home->hotspot) {
		(void)ros_hotspot_leave(ros, home->mac);
		return;
	}
	ros_cpe_forget(ros, home->username);
	(void)ros_ppp_hang_up(ros, home->username);
}

/* The installer comes when a commit says something new about somebody's station. Who was deleted
 * keeps his device: it must not help him. */
static void install(int index, const struct sub *who, bool hotspot)
{
	struct device_at_home *home = &sim.homes[index];

	if (!know_password(index, who))
		return;
	if (home->installed && home->router == who->router && home->hotspot == hotspot &&
	    strcmp(home->username, who->username) == 0)
		return;
	uninstall(home);
	*home = (struct device_at_home){ .installed = true,
					 .router = who->router,
					 .hotspot = hotspot };
	memcpy(home->username, who->username, sizeof(home->username));
	memcpy(home->password, sim.passwords[index], sizeof(home->password));
	memcpy(home->mac, who->mac, sizeof(home->mac));
	if (!hotspot)
		ros_cpe_keep(sim.stations[home->router].ros, home->username, home->password,
			     home->mac);
}

void fleet_people(void)
{
	const struct declared *declared = declared_in_force();

	if (declared == NULL)
		return;
	for (int i = 0; i < SUBS; i++) {
		const struct sub *who = &declared->subs[i];
		struct device_at_home *home = &sim.homes[i];
		struct ros *ros;

		if (who->declared)
			install(i, who, declared->packs[who->pack].hotspot);
		if (!home->installed || !home->hotspot)
			continue;
		ros = sim.stations[home->router].ros;
		if (!sim.quiet && luck_one_in(20))
			(void)ros_hotspot_leave(ros, home->mac);
		if (!ros_hotspot_is_open(ros, home->mac) &&
		    ros_hotspot_arrive(ros, home->mac) != ROS_ENTRY_DONE)
			(void)ros_hotspot_login(ros, home->mac, home->username, home->password);
	}
}

/* ---- time and trouble ------------------------------------------------------------------------ */

static void engineer_comes(struct station *station)
{
	struct ros *ros = station->ros;
	struct ros_answer answer;

	station->reset_at = 0;
	by_hand(ros_hand(ros, &answer, "/user/group/add", "=name=controller",
			 "=policy=read,write,api,sensitive", NULL),
		&answer);
	by_hand(ros_hand(ros, &answer, "/user/add", "=name=wavu", "=group=controller",
			 "=password=" ROUTER_PASSWORD, NULL),
		&answer);
	by_hand(ros_hand(ros, &answer, "/ip/pool/add", "=name=hotspot-pool",
			 "=ranges=10.5.0.2-10.5.255.254", NULL),
		&answer);
	by_hand(ros_hand(ros, &answer, "/interface/pppoe-server/server/add",
			 "=service-name=internet", "=interface=ether2", "=disabled=no", NULL),
		&answer);
	by_hand(ros_hand(ros, &answer, "/ip/hotspot/profile/add", "=name=hsprof1",
			 "=hotspot-address=10.5.0.1", "=login-by=cookie,http-chap,mac-cookie",
			 NULL),
		&answer);
	by_hand(ros_hand(ros, &answer, "/ip/hotspot/add", "=name=hotspot1", "=interface=ether3",
			 "=profile=hsprof1", "=address-pool=hotspot-pool", "=disabled=no", NULL),
		&answer);
	furnish(station);
	claim_all(station);
	trace("%s: an engineer has set it up again", station->name);
}

void fleet_time(void)
{
	for (int i = 0; i < ROUTERS; i++) {
		struct station *station = &sim.stations[i];

		ros_set_now(station->ros, sim.now);
		if (station->reset_at != 0 && sim.now >= station->reset_at &&
		    ros_is_up(station->ros))
			engineer_comes(station);
		if (station->faulty_until_at != 0 && sim.now >= station->faulty_until_at) {
			station->faulty_until_at = 0;
			ros_fault_clear_all(station->ros);
		}
	}
}

bool fleet_reachable(int router)
{
	const struct station *station = &sim.stations[router];

	return sim.now >= station->away_until_at && station->reset_at == 0 &&
	       ros_is_up(station->ros);
}

static void arm_cut(struct station *station)
{
	station->cut = (struct cut){ .armed = true,
				     .phase = (int)luck_below(PHASE_COUNT),
				     .inbound = luck_one_in(2),
				     .how = (int)luck_below(ROS_CUT_COUNT),
				     .after = luck_below(luck_one_in(3) ? 4000 : 300) };
	if (station->cut.phase == PHASE_LOGIN)
		station->cut.after = luck_below(80);
}

static void arm_fault(struct station *station)
{
	static const enum ros_fault_kind kinds[] = {
		ROS_FAULT_REFUSE, ROS_FAULT_SILENT,   ROS_FAULT_MUTE,    ROS_FAULT_TRAP,
		ROS_FAULT_LIE,    ROS_FAULT_TRUNCATE, ROS_FAULT_REORDER, ROS_FAULT_DELAY,
	};
	struct ros_fault fault = { .kind = kinds[luck_below(ARRAY_COUNT(kinds))],
				   .after = 1 + luck_below(4),
				   .times = 1 + luck_below(3),
				   .delay_us = luck_between(SECOND_US, 30 * SECOND_US) };

	if (fault.kind == ROS_FAULT_LIE && station->hidden)
		return; /* a password that was not taken would never be seen */
	if (fault.kind == ROS_FAULT_TRUNCATE) {
		/* Rows are counted and asked for twice; live sessions come and go, and are not. So
		 * only the first prints of a look are cut short, which are of rows. */
		fault.after = 1 + luck_below(2);
		fault.times = 1;
	}
	if (fault.kind == ROS_FAULT_TRAP && luck_one_in(2))
		fault.text = "failure: already have such entry";
	ros_fault_arm(station->ros, &fault);
	station->faulty_until_at = sim.now + luck_between(MINUTE_US, HOUR_US);
}

void fleet_fault(void)
{
	struct station *station = &sim.stations[luck_below(ROUTERS)];

	switch (luck_below(16)) {
	case 0:
		ros_reboot(station->ros, luck_between(SECOND_US, 3 * MINUTE_US));
		fault_count(FAULT_REBOOT);
		break;
	case 1:
		if (!luck_one_in(3) || station->reset_at != 0)
			break;
		ros_factory_reset(station->ros, MINUTE_US);
		station->reset_at = sim.now + luck_between(2 * MINUTE_US, 2 * HOUR_US);
		station->hidden = false;
		fault_count(FAULT_FACTORY_RESET);
		break;
	case 2:
		station->away_until_at = sim.now + luck_between(10 * MINUTE_US, 6 * HOUR_US);
		fault_count(FAULT_AWAY);
		break;
	case 3:
	case 4:
	case 5:
	case 6:
	case 7:
	case 8:
		arm_cut(station);
		break;
	default:
		arm_fault(station);
	}
}

void fleet_mend(void)
{
	static const struct {
		enum ros_fault_kind kind;
		enum fault fault;
	} rows[] = {
		{ ROS_FAULT_REFUSE, FAULT_CONNECT_REFUSED },
		{ ROS_FAULT_SILENT, FAULT_SILENT },
		{ ROS_FAULT_MUTE, FAULT_MUTE },
		{ ROS_FAULT_TRAP, FAULT_WRITE_REFUSED },
		{ ROS_FAULT_LIE, FAULT_LIE },
		{ ROS_FAULT_TRUNCATE, FAULT_TRUNCATED },
		{ ROS_FAULT_REORDER, FAULT_REORDERED },
		{ ROS_FAULT_DELAY, FAULT_DELAYED },
	};

	for (int i = 0; i < ROUTERS; i++) {
		struct station *station = &sim.stations[i];

		station->cut.armed = false;
		station->away_until_at = 0;
		station->faulty_until_at = 0;
		ros_fault_clear_all(station->ros);
		if (station->reset_at != 0) {
			sim.now += 2 * MINUTE_US;
			ros_set_now(station->ros, sim.now);
			engineer_comes(station);
		}
		for (size_t k = 0; k < ARRAY_COUNT(rows); k++) {
			uint64_t fired = ros_fault_fired(station->ros, rows[k].kind);

			tally->faults[rows[k].fault] += fired - station->fired_seen[rows[k].kind];
			station->fired_seen[rows[k].kind] = fired;
		}
	}
}
