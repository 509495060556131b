/* What live sessions have in common: addresses, dynamic queues and lists, time. */
#include "world/ros_inside.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ros_live_free(struct ros_live *live)
{
	if (live == NULL)
		return;
	free(live->password);
	free(live);
}

void ros_due(struct ros *ros, int64_t at)
{
	if (at < ros->due_at)
		ros->due_at = at;
}

/* ---- addresses ------------------------------------------------------------------------------- */

static bool address_is_used(const struct ros *ros, uint32_t address)
{
	const struct ros_menu *const menus[] = { &ros_menu_ppp_active, &ros_menu_hotspot_host };

	for (size_t i = 0; i < ROS_COUNT(menus); i++) {
		const struct ros_table *table = ros_table_of(ros, menus[i]);

		for (const struct ros_row *row = table->first; row != NULL; row = row->next)
			if (row->live->address == address)
				return true;
	}
	return false;
}

/* The next free address of one pool, going round. */
static bool pool_search(struct ros *ros, struct ros_row *pool, uint32_t *address)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_pool);
	struct ros_text ranges = ros_row_text(ros, table, pool, "ranges");

	for (int pass = 0; pass < 2; pass++) {
		struct ros_text rest = ranges, part;

		while (ros_text_cut(&rest, ',', &part)) {
			uint32_t first, last;

			if (!ros_range_parse(part, &first, &last))
				continue;
			if (pass == 0 && first <= pool->next_lease)
				first = pool->next_lease;
			for (uint64_t one = first; one <= last; one++) {
				if (address_is_used(ros, (uint32_t)one))
					continue;
				*address = (uint32_t)one;
				pool->next_lease = *address + 1;
				return true;
			}
		}
		pool->next_lease = 0;
	}
	return false;
}

bool ros_pool_lease(struct ros *ros, struct ros_row *pool, uint32_t *address)
{
	const struct ros_table *table = ros_table_of(ros, &ros_menu_pool);

	/* A full pool hands over to its next-pool; a circle of them must end. */
	for (int i = 0; pool != NULL && i < 16; i++) {
		if (pool_search(ros, pool, address))
			return true;
		pool = ros_row_target(ros, table, pool, "next-pool");
	}
	return false;
}

/* ---- queues ---------------------------------------------------------------------------------- */

struct rates {
	uint64_t rx, tx;
	uint64_t burst_rx, burst_tx, threshold_rx, threshold_tx, min_rx, min_tx;
	char time[40];
	char priority[16];
};

static bool pair_parse(struct ros_text text, uint64_t *rx, uint64_t *tx)
{
	struct ros_text one;

	ros_text_cut(&text, '/', &one);
	if (!ros_rate_parse(one, rx))
		return false;
	/* tx omitted: the same as rx (§3.1). */
	*tx = *rx;
	return text.bytes == NULL || ros_rate_parse(text, tx);
}

static bool time_parse(struct ros_text text, struct rates *out)
{
	struct ros_buffer buffer = { NULL, 0, 0 };
	struct ros_text one;
	int64_t ms[2];

	ros_text_cut(&text, '/', &one);
	if (!ros_span_parse(one, &ms[0]))
		return false;
	ms[1] = ms[0];
	if (text.bytes != NULL && !ros_span_parse(text, &ms[1]))
		return false;
	ros_span_print(&buffer, ms[0]);
	ros_buffer_text(&buffer, "/");
	ros_span_print(&buffer, ms[1]);
	snprintf(out->time, sizeof(out->time), "%s", buffer.bytes);
	ros_buffer_done(&buffer);
	return true;
}

static bool priority_parse(struct ros_text text, struct rates *out)
{
	uint64_t priority;

	if (!ros_text_number(text, &priority) || priority < 1 || priority > 8)
		return false;
	snprintf(out->priority, sizeof(out->priority), "%u/%u", (unsigned)priority,
		 (unsigned)priority);
	return true;
}

/* `rx[/tx] [burst [threshold [time [priority [min]]]]]`: rx is the client's upload (§3.1). */
static bool rates_parse(struct ros_text text, struct rates *out)
{
	struct ros_text part;
	size_t index = 0;
	bool is_good = text.size > 0;

	memset(out, 0, sizeof(*out));
	snprintf(out->time, sizeof(out->time), "0s/0s");
	snprintf(out->priority, sizeof(out->priority), "8/8");
	while (is_good && ros_text_cut(&text, ' ', &part)) {
		if (part.size == 0)
			continue;
		if (index == 0)
			is_good = pair_parse(part, &out->rx, &out->tx);
		else if (index == 1)
			is_good = pair_parse(part, &out->burst_rx, &out->burst_tx);
		else if (index == 2)
			is_good = pair_parse(part, &out->threshold_rx, &out->threshold_tx);
		else if (index == 3)
			is_good = time_parse(part, out);
		else if (index == 4)
			is_good = priority_parse(part, out);
		else if (index == 5)
			is_good = pair_parse(part, &out->min_rx, &out->min_tx);
		else
			is_good = false;
		index++;
	}
	/* A burst without threshold or time takes the rate and one second (§3.1). */
	if (is_good && index == 2) {
		out->threshold_rx = out->rx;
		out->threshold_tx = out->tx;
	}
	if (is_good && (index == 2 || index == 3))
		snprintf(out->time, sizeof(out->time), "1s/1s");
	return is_good && index > 0;
}

static const char *pair_print(char *out, size_t size, uint64_t rx, uint64_t tx)
{
	snprintf(out, size, "%llu/%llu", (unsigned long long)rx, (unsigned long long)tx);
	return out;
}

static void queue_name(struct ros *ros, const char *prefix, struct ros_text name, char *out,
		       size_t size)
{
	const struct ros_table *queues = ros_table_of(ros, &ros_menu_queue_simple);
	int shown = (int)(name.size > 200 ? 200 : name.size);
	unsigned number = 0;

	snprintf(out, size, "<%s-%.*s>", prefix, shown, name.bytes);
	while (ros_row_by_name(ros, queues, ros_text_of(out)) != NULL)
		snprintf(out, size, "<%s-%.*s-%u>", prefix, shown, name.bytes, ++number);
}

/* The dynamic queue of a session, with the rate of this moment: it exists only while online, and
 * without a rate-limit there is none (§5.1). A limit that cannot be read limits nothing. */
void ros_live_shape(struct ros *ros, struct ros_row *row, const char *prefix, struct ros_text name,
		    struct ros_text rate, struct ros_text parent, bool first)
{
	struct ros_table *queues = ros_table_of(ros, &ros_menu_queue_simple);
	struct ros_row *queue;
	struct rates rates;
	char label[256], pair[48];

	if (!rates_parse(rate, &rates))
		return;
	queue_name(ros, prefix, name, label, sizeof(label));
	queue = ros_row_make(ros, &ros_menu_queue_simple, "name", label, "target", label, NULL);
	ros_row_put(queues, queue, "max-limit", pair_print(pair, sizeof(pair), rates.rx, rates.tx));
	ros_row_put(queues, queue, "burst-limit",
		    pair_print(pair, sizeof(pair), rates.burst_rx, rates.burst_tx));
	ros_row_put(queues, queue, "burst-threshold",
		    pair_print(pair, sizeof(pair), rates.threshold_rx, rates.threshold_tx));
	ros_row_put(queues, queue, "limit-at",
		    pair_print(pair, sizeof(pair), rates.min_rx, rates.min_tx));
	ros_row_put(queues, queue, "burst-time", rates.time);
	ros_row_put(queues, queue, "priority", rates.priority);
	if (parent.size > 0)
		ros_row_write(ros, queues, queue, "parent", parent);
	queue->is_dynamic = true;
	ros_row_insert(ros, queues, queue, first ? queues->first : NULL);
	row->live->has_queue = true;
	row->live->queue = queue->id;
	row->live->shaped = true;
	row->live->upload = rates.rx;
	row->live->download = rates.tx;
}

/* ---- address lists --------------------------------------------------------------------------- */

/* The client's address is in the profile's lists while it is online (§5.1). */
void ros_live_list(struct ros *ros, struct ros_row *row, struct ros_text lists)
{
	struct ros_table *table = ros_table_of(ros, &ros_menu_address_list);
	struct ros_buffer address = { NULL, 0, 0 };
	struct ros_text part;

	ros_address_print(&address, row->live->address);
	while (lists.size > 0 && ros_text_cut(&lists, ',', &part)) {
		struct ros_row *entry = ros_row_new(table);

		ros_row_write(ros, table, entry, "list", part);
		ros_row_write(ros, table, entry, "address", ros_buffer_view(&address));
		ros_row_default(ros, table, entry);
		entry->is_dynamic = true;
		if (part.size == 0 || ros_row_twin(ros, table, NULL, entry->values) != NULL ||
		    row->live->entry_count == ROS_COUNT(row->live->entries)) {
			ros_row_free(table, entry);
			continue;
		}
		ros_row_insert(ros, table, entry, NULL);
		row->live->entries[row->live->entry_count++] = entry->id;
	}
	ros_buffer_done(&address);
}

void ros_live_drop(struct ros *ros, struct ros_row *row)
{
	struct ros_table *queues = ros_table_of(ros, &ros_menu_queue_simple);
	struct ros_table *lists = ros_table_of(ros, &ros_menu_address_list);
	struct ros_live *live = row->live;
	struct ros_row *other;

	other = live->has_queue ? ros_row_by_id(queues, live->queue) : NULL;
	if (other != NULL)
		ros_row_remove(ros, queues, other);
	live->has_queue = false;
	for (size_t i = 0; i < live->entry_count; i++) {
		other = ros_row_by_id(lists, live->entries[i]);
		if (other != NULL)
			ros_row_remove(ros, lists, other);
	}
	live->entry_count = 0;
}

static struct ros_row *newest_find(const struct ros *ros, const struct ros_table *table,
				   const char *field, const char *name)
{
	struct ros_row *newest = NULL;

	for (struct ros_row *row = table->first; row != NULL; row = row->next)
		if (ros_text_is(ros_row_text(ros, table, row, field), name) &&
		    (newest == NULL || row->live->began_at >= newest->live->began_at))
			newest = row;
	return newest;
}

bool ros_traffic(struct ros *ros, const char *name, uint64_t in_bytes, uint64_t out_bytes)
{
	struct ros_table *queues = ros_table_of(ros, &ros_menu_queue_simple);
	struct ros_table *ppp = ros_table_of(ros, &ros_menu_ppp_active);
	struct ros_table *hotspot = ros_table_of(ros, &ros_menu_hotspot_active);
	struct ros_row *row = newest_find(ros, ppp, "name", name);
	struct ros_row *other = newest_find(ros, hotspot, "user", name);
	struct ros_row *queue;
	bool is_hotspot = row == NULL ||
			  (other != NULL && other->live->began_at > row->live->began_at);

	if (is_hotspot)
		row = other;
	if (row == NULL)
		return false;
	row->live->bytes_in += in_bytes;
	row->live->bytes_out += out_bytes;
	queue = row->live->has_queue ? ros_row_by_id(queues, row->live->queue) : NULL;
	if (queue != NULL) {
		queue->bytes_in += in_bytes;
		queue->bytes_out += out_bytes;
	}
	if (is_hotspot && ros_hotspot_is_used_up(ros, row))
		ros_row_remove(ros, hotspot, row);
	else if (!is_hotspot && ros_ppp_is_used_up(ros, row))
		ros_row_remove(ros, ppp, row);
	return true;
}
