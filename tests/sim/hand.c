/* A person in WinBox: edits wavu's rows and his own, as people do. */
#include <stdio.h>
#include <string.h>

#include "sim/sim.h"

/* A static row of a menu, wavu's or not; false: there is none. */
static bool pick(const struct station *station, int menu, bool foreign, char *out, size_t size)
{
	uint32_t ids[128], some[128], count = 0;
	size_t there = ros_row_ids(station->ros, foreign_menus[menu], ids, ARRAY_COUNT(ids));

	for (size_t i = 0; i < there; i++)
		if (fleet_is_foreign(station, menu, ids[i]) == foreign)
			some[count++] = ids[i];
	if (count == 0)
		return false;
	(void)snprintf(out, size, "*%X", some[luck_below(count)]);
	return true;
}

struct edit {
	struct station *station;
	int menu;
	char row[16];
	char which[24]; /* "=.id=*3" */
	const char *path;
};

static bool does(struct edit *edit, const char *verb, const char *word)
{
	char command[64];

	(void)snprintf(command, sizeof(command), "%s/%s", edit->path, verb);
	return ros_hand(edit->station->ros, NULL, command, edit->which, word, NULL);
}

static void add_row(struct edit *edit, enum fault fault)
{
	struct ros_answer answer;
	char command[64], name[40], from[32];

	(void)snprintf(command, sizeof(command), "%s/add", edit->path);
	(void)snprintf(name, sizeof(name), "=name=hand%llu", (unsigned long long)(luck() % 100000));
	(void)snprintf(from, sizeof(from), "=copy-from=%s", edit->row);
	/* A profile goes by its id, whoever began to name it in the second before: RouterOS leaves
	 * the copy with a name of nothing, and no verb asks it not to. */
	if (sim.mid_job)
		fault = FAULT_HAND_ADD;
	if (fault == FAULT_HAND_COPY
		? ros_hand(edit->station->ros, &answer, command, from, name, NULL)
		: ros_hand(edit->station->ros, &answer, command, name, "=password=x", NULL)) {
		fleet_claim(edit->station, edit->path, answer.id);
		fault_count(fault);
	}
}

static void rename_row(struct edit *edit)
{
	char name[40];

	/* A write is by the row's id: what is renamed in the second before it is still wavu's. */
	if (sim.mid_job)
		return;
	(void)snprintf(name, sizeof(name), "=name=moved%llu",
		       (unsigned long long)(luck() % 100000));
	if (!does(edit, "set", name))
		return;
	/* From now on it is his: its mark does not fit its name. */
	fleet_claim(edit->station, edit->path, edit->row);
	fault_count(FAULT_HAND_RENAME);
}

static void edit_profile(struct station *station)
{
	struct edit edit = { .station = station, .menu = luck_one_in(2) ? 0 : 2 };

	if (!pick(station, edit.menu, false, edit.row, sizeof(edit.row)))
		return;
	edit.path = foreign_menus[edit.menu];
	(void)snprintf(edit.which, sizeof(edit.which), "=.id=%s", edit.row);
	if (does(&edit, "set", luck_one_in(3) ? "=rate-limit=" : "=rate-limit=77M/77M"))
		fault_count(FAULT_HAND_PROFILE);
}

static void edit_own(struct station *station)
{
	struct edit edit = { .station = station, .menu = 1, .path = "/ppp/secret" };
	char comment[48];

	if (!pick(station, edit.menu, true, edit.row, sizeof(edit.row)))
		return;
	(void)snprintf(edit.which, sizeof(edit.which), "=.id=%s", edit.row);
	(void)snprintf(comment, sizeof(comment), "=comment=seen %llu",
		       (unsigned long long)(luck() % 1000));
	fleet_check_foreign(station);
	if (does(&edit, "set", comment))
		fleet_claim(station, edit.path, edit.row);
}

static void counted(bool done, enum fault fault)
{
	if (done)
		fault_count(fault);
}

static void edit_row(struct edit *edit)
{
	bool hotspot = edit->menu == 3;

	switch (luck_below(10)) {
	case 0:
		counted(does(edit, "set", hotspot ? "=profile=default" : "=profile=staff"),
			FAULT_HAND_SET);
		break;
	case 1: /* where it cannot be read, nobody would ever know */
		counted(!edit->station->hidden && does(edit, "set", "=password=changed"),
			FAULT_HAND_SET);
		break;
	case 2:
		counted(does(edit, "set", "=disabled=yes"), FAULT_HAND_DISABLE);
		break;
	case 3:
	case 4:
		counted(does(edit, "set", "=disabled=no"), FAULT_HAND_ENABLE);
		break;
	case 5:
		counted(ros_hand(edit->station->ros, NULL,
				 hotspot ? "/ip/hotspot/user/remove" : "/ppp/secret/remove",
				 edit->which, NULL),
			FAULT_HAND_REMOVE);
		break;
	case 6:
		add_row(edit, FAULT_HAND_COPY);
		break;
	case 7:
		rename_row(edit);
		break;
	case 8:
		counted(does(edit, "set", luck_one_in(2) ? "=comment=" : "=comment=vip customer"),
			FAULT_HAND_WIPE_COMMENT);
		break;
	default:
		add_row(edit, FAULT_HAND_ADD);
	}
}

void hand_edit(struct station *station)
{
	struct edit edit = { .station = station, .menu = luck_one_in(3) ? 3 : 1 };

	if (!ros_is_up(station->ros) || station->reset_at != 0)
		return;
	switch (luck_below(8)) {
	case 0:
		edit_profile(station);
		return;
	case 1:
		edit_own(station);
		return;
	case 2: /* somebody else's customer hangs up and comes again */
		if (ros_ppp_hang_up(station->ros, "stranger") > 0)
			fault_count(FAULT_STRANGER_DIALS);
		(void)ros_ppp_dial(station->ros, "stranger", "s", "02:00:5E:99:00:01");
		return;
	default:
		if (!pick(station, edit.menu, false, edit.row, sizeof(edit.row)))
			return;
		edit.path = foreign_menus[edit.menu];
		(void)snprintf(edit.which, sizeof(edit.which), "=.id=%s", edit.row);
		edit_row(&edit);
	}
}
