/* What moves by itself, and so is computed when it is read. */
#include "world/ros_inside.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MEAN_PACKET 900 /* bytes; only so that packet counters move with the bytes */

static bool show_number(struct ros_buffer *out, uint64_t number)
{
	ros_buffer_print(out, "%llu", (unsigned long long)number);
	return true;
}

static bool show_pair(struct ros_buffer *out, uint64_t one, uint64_t other)
{
	ros_buffer_print(out, "%llu/%llu", (unsigned long long)one, (unsigned long long)other);
	return true;
}

static bool show_span(struct ros_buffer *out, int64_t us)
{
	/* Whole seconds, as print shows them. */
	ros_span_print(out, us / ROS_SECOND * 1000);
	return true;
}

static bool show_bool(struct ros_buffer *out, bool value)
{
	ros_buffer_text(out, value ? "true" : "false");
	return true;
}

/* The broken-down time of the router's own clock, which may be wrong. */
static struct tm router_tm(const struct ros *ros, int64_t at)
{
	time_t seconds = (time_t)((at + ros->clock_error_us) / ROS_SECOND) + ros->gmt_offset_s;
	struct tm parts;

	memset(&parts, 0, sizeof(parts));
	gmtime_r(&seconds, &parts);
	return parts;
}

/* `may/01/2023` before 7.10, `2023-05-01` from then on (§3). */
static void day_print(struct ros_buffer *out, const struct ros *ros, const struct tm *parts)
{
	static const char *const months[] = { "jan", "feb", "mar", "apr", "may", "jun",
					      "jul", "aug", "sep", "oct", "nov", "dec" };

	if (ros->version < 71000)
		ros_buffer_print(out, "%s/%02d/%04d", months[parts->tm_mon], parts->tm_mday,
				 parts->tm_year + 1900);
	else
		ros_buffer_print(out, "%04d-%02d-%02d", parts->tm_year + 1900, parts->tm_mon + 1,
				 parts->tm_mday);
}

void ros_date_print(struct ros_buffer *out, const struct ros *ros, int64_t at)
{
	struct tm parts = router_tm(ros, at);

	day_print(out, ros, &parts);
	ros_buffer_print(out, " %02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

#define SHOW(name)                                                             \
	bool ros_show_##name(const struct ros *ros, const struct ros_row *row, \
			     struct ros_buffer *out)
#define UNUSED ((void)ros, (void)row, (void)out)

SHOW(dynamic)
{
	UNUSED;
	return show_bool(out, row->is_dynamic);
}

SHOW(default)
{
	UNUSED;
	return show_bool(out, row->is_builtin);
}

/* Here `default=true` is only on built-in rows (§3). */
SHOW(user_default)
{
	UNUSED;
	return row->is_builtin && show_bool(out, true);
}

SHOW(false)
{
	UNUSED;
	return show_bool(out, false);
}

SHOW(zero)
{
	UNUSED;
	return show_number(out, 0);
}

SHOW(zeroes)
{
	UNUSED;
	return show_pair(out, 0, 0);
}

SHOW(uptime)
{
	return show_span(out, ros->now_at - row->live->began_at);
}

SHOW(created)
{
	ros_date_print(out, ros, row->created_at);
	return true;
}

/* Counts down at every read (§3). */
SHOW(timeout)
{
	return row->ends_at != ROS_NEVER && show_span(out, row->ends_at - ros->now_at);
}

SHOW(time_left)
{
	return row->ends_at != ROS_NEVER && show_span(out, row->ends_at - ros->now_at);
}

SHOW(expires)
{
	return show_span(out, row->ends_at - ros->now_at);
}

SHOW(mac_cookie)
{
	UNUSED;
	return show_bool(out, row->live->is_mac_cookie);
}

SHOW(authorized)
{
	UNUSED;
	return show_bool(out, row->live->is_authorized);
}

SHOW(bypassed)
{
	UNUSED;
	return show_bool(out, row->live->is_bypassed);
}

SHOW(live_bytes_in)
{
	UNUSED;
	return show_number(out, row->live->bytes_in);
}

SHOW(live_bytes_out)
{
	UNUSED;
	return show_number(out, row->live->bytes_out);
}

SHOW(live_packets_in)
{
	UNUSED;
	return show_number(out, row->live->bytes_in / MEAN_PACKET);
}

SHOW(live_packets_out)
{
	UNUSED;
	return show_number(out, row->live->bytes_out / MEAN_PACKET);
}

SHOW(user_uptime)
{
	UNUSED;
	return show_span(out, row->used_us);
}

SHOW(user_bytes_in)
{
	UNUSED;
	return show_number(out, row->bytes_in);
}

SHOW(user_bytes_out)
{
	UNUSED;
	return show_number(out, row->bytes_out);
}

SHOW(user_packets_in)
{
	UNUSED;
	return show_number(out, row->bytes_in / MEAN_PACKET);
}

SHOW(user_packets_out)
{
	UNUSED;
	return show_number(out, row->bytes_out / MEAN_PACKET);
}

SHOW(queue_bytes)
{
	UNUSED;
	return show_pair(out, row->bytes_in, row->bytes_out);
}

SHOW(queue_packets)
{
	UNUSED;
	return show_pair(out, row->bytes_in / MEAN_PACKET, row->bytes_out / MEAN_PACKET);
}

SHOW(queue_total_bytes)
{
	UNUSED;
	return show_number(out, row->bytes_in + row->bytes_out);
}

SHOW(queue_total_packets)
{
	UNUSED;
	return show_number(out, (row->bytes_in + row->bytes_out) / MEAN_PACKET);
}

SHOW(router_uptime)
{
	UNUSED;
	return show_span(out, ros->now_at - ros->booted_at);
}

/* `7.19.4 (stable)`, `6.49.19 (long-term)` (§3). */
SHOW(router_version)
{
	UNUSED;
	ros_buffer_print(out, "%s (%s)", ros->version_text,
			 ros->version < 70000 ? "long-term" : "stable");
	return true;
}

SHOW(router_free_memory)
{
	UNUSED;
	return show_number(out, UINT64_C(800000000) - 512 * (ros->row_count % 1000000));
}

/* Every write that was done is one for the flash to keep (§5.5). */
SHOW(router_writes)
{
	UNUSED;
	return show_number(out, 1000 + ros->writes_done_total);
}

SHOW(router_date)
{
	struct tm parts = router_tm(ros, ros->now_at);

	UNUSED;
	day_print(out, ros, &parts);
	return true;
}

SHOW(router_time)
{
	struct tm parts = router_tm(ros, ros->now_at);

	UNUSED;
	ros_buffer_print(out, "%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec);
	return true;
}

SHOW(router_offset)
{
	int32_t minutes = ros->gmt_offset_s / 60;
	int32_t size = minutes < 0 ? -minutes : minutes;

	UNUSED;
	ros_buffer_print(out, "%c%02d:%02d", minutes < 0 ? '-' : '+', (int)(size / 60),
			 (int)(size % 60));
	return true;
}

SHOW(run_count)
{
	UNUSED;
	return show_number(out, row->run_count);
}

SHOW(session_when)
{
	ros_date_print(out, ros, row->created_at);
	return true;
}
