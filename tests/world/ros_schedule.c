/* Scripts that are kept and run, and the scheduler that runs them by the router's own time. */
#include "world/ros_script.h"

#include <stdlib.h>
#include <string.h>

#define SCRIPT_DEPTH_MAX 4

/* ---- rights ---------------------------------------------------------------------------------- */

static unsigned policy_bit(struct ros_text word)
{
	static const struct {
		const char *name;
		unsigned bit;
	} bits[] = {
		{ "read", ROS_POLICY_READ },		 { "write", ROS_POLICY_WRITE },
		{ "policy", ROS_POLICY_POLICY },	 { "reboot", ROS_POLICY_REBOOT },
		{ "sensitive", ROS_POLICY_SENSITIVE },
	};

	for (size_t i = 0; i < ROS_COUNT(bits); i++)
		if (ros_text_is(word, bits[i].name))
			return bits[i].bit;
	return 0;
}

/* `beyond`: some of these are not among those of `limit`, or are none that the simulation knows. */
static unsigned policy_of(struct ros_text list, unsigned limit, bool *beyond)
{
	struct ros_text part;
	unsigned policy = 0;

	*beyond = false;
	while (list.size > 0 && ros_text_cut(&list, ',', &part)) {
		unsigned bit = policy_bit(part);

		*beyond |= limit != ROS_POLICY_ALL && (bit == 0 || (limit & bit) == 0);
		policy |= bit;
	}
	return policy;
}

/* Whoever lacks a right cannot make a script or a schedule that has it (§6). */
bool ros_script_may(struct ros_call *call, const struct ros_value *values)
{
	const struct ros_menu *menu = call->table->menu;
	const struct ros_value *policy;
	bool beyond;

	if (menu != &ros_menu_script && menu != &ros_menu_scheduler)
		return true;
	policy = &values[ros_field_at(call->table, "policy")];
	if (policy->state != ROS_STATE_TEXT)
		return true;
	(void)policy_of((struct ros_text){ policy->bytes, policy->size }, call->policy, &beyond);
	return !beyond || ros_refuse(&call->refusal, -1, "not enough permissions (9)");
}

/* Off in device-mode: the whole menu is (trap texts). */
bool ros_scheduler_may_write(struct ros *ros, const struct ros_row *row,
			     struct ros_refusal *refusal)
{
	const struct ros_table *mode = ros_table_of(ros, &ros_menu_device_mode);

	(void)row;
	return ros->version < 70000 || ros_row_flag(ros, mode, mode->first, "scheduler") ||
	       ros_refuse(refusal, -1, "failure: not allowed by device-mode");
}

/* ---- running --------------------------------------------------------------------------------- */

static void chunks_free(struct script *script)
{
	while (script->chunks != NULL) {
		struct script_chunk *next = script->chunks->next;

		free(script->chunks);
		script->chunks = next;
	}
}

bool ros_script_run(struct ros *ros, struct ros_text source, unsigned policy, unsigned depth,
		    struct ros_refusal *refusal)
{
	struct script *script = ros_allocate(sizeof(*script));
	struct ros_refusal local;
	/* The rows may go while it runs, and the text with them. */
	char *text = ros_copy(source.bytes, source.size);
	bool is_good;

	script->ros = ros;
	script->policy = policy;
	script->depth = depth;
	script->refusal = refusal == NULL ? &local : refusal;
	memset(script->refusal, 0, sizeof(*script->refusal));
	/* What cannot be read to its end is not begun. */
	script->is_dry = true;
	is_good = script_statements(script, (struct ros_text){ text, source.size });
	script->is_dry = false;
	is_good = is_good && script_statements(script, (struct ros_text){ text, source.size });
	chunks_free(script);
	free(script);
	free(text);
	return is_good;
}

/* /system/script/run: with the script's rights, which must be among the caller's. */
bool ros_script_command(struct ros_call *call)
{
	const struct ros_argument *which = ros_call_argument(call, ".id");
	struct ros_row *row;
	unsigned policy;
	bool beyond;

	if (which == NULL)
		which = ros_call_argument(call, "number");
	if (which == NULL)
		return ros_refuse(&call->refusal, -1, "missing =number=");
	row = ros_row_which(call->ros, call->table, which->value);
	if (row == NULL)
		return ros_refuse_gone(call->ros, &call->refusal);
	policy = policy_of(ros_row_text(call->ros, call->table, row, "policy"), call->policy,
			   &beyond);
	if (beyond && !ros_row_flag(call->ros, call->table, row, "dont-require-permissions"))
		return ros_refuse(&call->refusal, -1, "not enough permissions (9)");
	if (call->depth >= SCRIPT_DEPTH_MAX)
		return ros_refuse(&call->refusal, 3, "action failed: recursion");
	row->run_count++;
	return call->no_apply ||
	       ros_script_run(call->ros, ros_row_text(call->ros, call->table, row, "source"),
			      policy, call->depth + 1, &call->refusal);
}

/* ---- the scheduler --------------------------------------------------------------------------- */

/* Which turn of its interval a row is in; false: it has not begun, or runs only once. */
static bool turn_of(const struct ros *ros, const struct ros_table *table,
		    const struct ros_row *row, int64_t *turn)
{
	struct ros_text start = ros_row_text(ros, table, row, "start-time");
	int64_t begin_at = row->created_at, interval_ms;

	if (!ros_span_parse(ros_row_text(ros, table, row, "interval"), &interval_ms) ||
	    interval_ms <= 0)
		return false;
	/* `startup` runs about 3 s after the console is up (§5.4), and then at each interval. */
	if (ros_text_is(start, "startup"))
		begin_at = ros->booted_at + 3 * ROS_SECOND;
	if (ros->now_at < begin_at)
		return false;
	*turn = (ros->now_at - begin_at) / (interval_ms * 1000);
	return true;
}

void ros_scheduler_added(struct ros *ros, struct ros_row *row)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_scheduler);

	row->turn = -1;
	(void)turn_of(ros, table, row, &row->turn);
}

static void schedule_row(struct ros *ros, struct ros_table *table, struct ros_row *row)
{
	struct ros_text source;
	unsigned policy;
	bool beyond;
	int64_t turn;

	if (!turn_of(ros, table, row, &turn) || turn == row->turn)
		return;
	/* Turns that passed in one step of the test's time are one. */
	row->turn = turn;
	if (ros_row_flag(ros, table, row, "disabled") ||
	    !ros_scheduler_may_write(ros, row, &(struct ros_refusal){ 0 }))
		return;
	row->run_count++;
	policy = policy_of(ros_row_text(ros, table, row, "policy"), ROS_POLICY_ALL, &beyond);
	source = ros_row_text(ros, table, row, "on-event");
	(void)ros_script_run(ros, source, policy, 0, NULL);
}

void ros_schedule(struct ros *ros)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_scheduler);
	uint32_t *ids;
	size_t count = 0;

	if (table->count == 0 || !ros_is_up(ros))
		return;
	ids = ros_allocate(table->count * sizeof(*ids));
	for (const struct ros_row *row = table->first; row != NULL; row = row->next)
		ids[count++] = row->id;
	for (size_t i = 0; i < count; i++) {
		struct ros_row *row = ros_row_by_id(table, ids[i]);

		if (row != NULL)
			schedule_row(ros, table, row);
	}
	free(ids);
}

/* The power was off: turns are counted from the new start. */
void ros_schedule_restart(struct ros *ros)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_scheduler);

	for (struct ros_row *row = table->first; row != NULL; row = row->next) {
		row->turn = -1;
		row->run_count = 0; /* reset at reboot (§5.4) */
	}
}
