/* Faults that a test arms, counters, and the log of writes. */
#include "world/ros_inside.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const fault_names[ROS_FAULT_COUNT] = {
	[ROS_FAULT_REFUSE] = "refuse",     [ROS_FAULT_SILENT] = "silent",
	[ROS_FAULT_MUTE] = "mute",         [ROS_FAULT_CUT_RECEIVED] = "cut-received",
	[ROS_FAULT_CUT_SENT] = "cut-sent", [ROS_FAULT_TRAP] = "trap",
	[ROS_FAULT_LIE] = "lie",           [ROS_FAULT_TRUNCATE] = "truncate",
	[ROS_FAULT_REORDER] = "reorder",   [ROS_FAULT_DELAY] = "delay",
	[ROS_FAULT_DEAF] = "deaf",
};

const char *ros_fault_name(enum ros_fault_kind kind)
{
	assert(kind < ROS_FAULT_COUNT);
	return fault_names[kind];
}

void ros_fault_arm(struct ros *ros, const struct ros_fault *fault)
{
	struct ros_armed *armed = &ros->faults[fault->kind];

	assert(fault->kind < ROS_FAULT_COUNT && fault->how < ROS_CUT_COUNT);
	armed->is_armed = true;
	armed->how = fault->how;
	armed->after = fault->after;
	armed->times = fault->times;
	armed->endless = fault->times == 0;
	armed->delay_us = fault->delay_us;
	armed->seen = 0;
	snprintf(armed->text, sizeof(armed->text), "%s",
		 fault->text == NULL ? "failure: not now" : fault->text);
}

void ros_fault_clear(struct ros *ros, enum ros_fault_kind kind)
{
	ros->faults[kind].is_armed = false;
}

void ros_fault_clear_all(struct ros *ros)
{
	for (int i = 0; i < ROS_FAULT_COUNT; i++)
		ros->faults[i].is_armed = false;
}

uint64_t ros_fault_fired(const struct ros *ros, enum ros_fault_kind kind)
{
	return ros->faults[kind].fired;
}

bool ros_fault_is_armed(const struct ros *ros, enum ros_fault_kind kind)
{
	return ros->faults[kind].is_armed;
}

void ros_fault_fire(struct ros_armed *armed)
{
	armed->fired++;
	armed->seen = 0;
	if (!armed->endless && --armed->times == 0)
		armed->is_armed = false;
	/* The next ones follow at once, one after the other; bytes are counted afresh. */
}

bool ros_fault_step(struct ros *ros, enum ros_fault_kind kind)
{
	struct ros_armed *armed = &ros->faults[kind];

	if (!armed->is_armed)
		return false;
	armed->seen++;
	if (armed->seen < armed->after)
		return false;
	armed->after = 1;
	ros_fault_fire(armed);
	return true;
}

struct ros_counters ros_counters(const struct ros *ros)
{
	return ros->counters;
}

static void log_empty(struct ros *ros)
{
	for (size_t i = 0; i < ros->log_count; i++) {
		struct ros_written *entry = &ros->log[(ros->log_first + i) % ROS_LOG_MAX];

		free(entry->command);
		free(entry->outcome);
	}
	ros->log_first = 0;
	ros->log_count = 0;
}

void ros_log_done(struct ros *ros)
{
	log_empty(ros);
	free(ros->log);
	ros->log = NULL;
}

void ros_counters_reset(struct ros *ros)
{
	uint64_t sessions = ros->counters.sessions;

	memset(&ros->counters, 0, sizeof(ros->counters));
	memset(ros->asked, 0, sizeof(ros->asked));
	ros->counters.sessions = sessions;
	log_empty(ros);
}

uint64_t ros_counter(const struct ros *ros, const char *menu, const char *verb)
{
	uint64_t count = 0;

	for (size_t i = 0; i < ros_menus_count(); i++)
		for (int j = 0; j < ROS_VERB_COUNT; j++)
			if ((menu == NULL || strcmp(menu, ros_menus[i]->path) == 0) &&
			    (verb == NULL || strcmp(verb, ros_verb_name((enum ros_verb)j)) == 0))
				count += ros->asked[i][j];
	return count;
}

void ros_log_write(struct ros *ros, const struct ros_sentence *sentence, const char *outcome,
		   bool done)
{
	struct ros_buffer text = { NULL, 0, 0 };
	struct ros_written *entry;

	if (ros->log == NULL)
		ros->log = ros_allocate(ROS_LOG_MAX * sizeof(*ros->log));
	if (ros->log_count == ROS_LOG_MAX) {
		free(ros->log[ros->log_first].command);
		free(ros->log[ros->log_first].outcome);
		ros->log_first = (ros->log_first + 1) % ROS_LOG_MAX;
		ros->log_count--;
	}
	for (size_t i = 0; i < sentence->count; i++) {
		struct ros_text word = sentence->words[i];

		if (word.size >= 5 && memcmp(word.bytes, ".tag=", 5) == 0)
			continue;
		if (i > 0)
			ros_buffer_text(&text, " ");
		ros_buffer_add(&text, word.bytes, word.size);
	}
	entry = &ros->log[(ros->log_first + ros->log_count++) % ROS_LOG_MAX];
	entry->at = ros->now_at;
	entry->done = done;
	entry->command = ros_copy(text.bytes, text.size);
	entry->outcome = ros_copy(outcome, strlen(outcome));
	ros_buffer_done(&text);
}

size_t ros_log_size(const struct ros *ros)
{
	return ros->log_count;
}

bool ros_log_read(const struct ros *ros, size_t index, struct ros_log_entry *out)
{
	const struct ros_written *entry;

	if (index >= ros->log_count)
		return false;
	entry = &ros->log[(ros->log_first + index) % ROS_LOG_MAX];
	out->at = entry->at;
	out->command = entry->command;
	out->outcome = entry->outcome;
	out->done = entry->done;
	return true;
}
