#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <ftw.h>
#include <cmocka.h>

#include "town.h"

#include "base/clock.h"
#include "router/line.h"
#include "seat/keeping.h"
#include "state/events.h"
#include "state/fleet.h"

const char town_basics[] =
    "kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n"
    "payments:\n"
    "  - {name: main, provider: daraja, shortcode: \"600638\", type: paybill,"
    " token: {file: main.token}}\n"
    "  - {name: strict, provider: daraja, shortcode: \"600639\", type: paybill,"
    " token: {file: main.token}, sources: [196.201.214.200]}\n"
    "  - {name: asked, provider: daraja, shortcode: \"600640\", type: paybill,"
    " token: {file: main.token}, trust: verified}\n"
    "---\nkind: Site\nname: kasarani\n"
    "---\nkind: Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 month\n"
    "speed: {down: 10M, up: 5M}\n"
    "---\nkind: Package\nname: home-20\nservice: pppoe\nprice: 4000\nperiod: 1 month\n"
    "speed: {down: 20M, up: 10M}\n"
    "---\nkind: Package\nname: day-5\nservice: hotspot\nprice: 50\nperiod: 1d\n"
    "speed: {down: 5M, up: 2M}\n";

/* ---- a line in memory ------------------------------------------------------------------------ */

struct pipe {
	struct line line;
	struct ros_session *session;
};

static bool pipe_ended(const struct pipe *pipe, struct error *error)
{
	(void)pipe;
	return error_set(error, ERROR_UNREACHABLE, "the line is gone");
}

static bool pipe_send(struct line *line, struct text bytes, uint32_t timeout_ms,
		      struct error *error)
{
	struct pipe *pipe = (struct pipe *)line;

	(void)timeout_ms;
	if (pipe->session == NULL || ros_session_line(pipe->session) == ROS_LINE_RESET)
		return pipe_ended(pipe, error);
	if (ros_session_line(pipe->session) == ROS_LINE_OPEN)
		ros_session_input(pipe->session, bytes.at, bytes.size);
	return true;
}

static bool pipe_receive(struct line *line, char *out, uint32_t size, uint32_t *got,
			 uint32_t timeout_ms, struct error *error)
{
	struct pipe *pipe = (struct pipe *)line;
	const char *bytes;
	size_t there;

	if (pipe->session == NULL || ros_session_line(pipe->session) == ROS_LINE_RESET)
		return pipe_ended(pipe, error);
	there = ros_session_output(pipe->session, &bytes);
	*got = 0;
	if (there == 0)
		return (timeout_ms == 0 && ros_session_line(pipe->session) == ROS_LINE_OPEN) ||
		       pipe_ended(pipe, error);
	there = there > size ? size : there;
	memcpy(out, bytes, there);
	ros_session_consume(pipe->session, there);
	*got = (uint32_t)there;
	return true;
}

static bool pipe_alive(struct line *line)
{
	struct pipe *pipe = (struct pipe *)line;

	return pipe->session != NULL && !ros_session_is_closed(pipe->session);
}

static void pipe_close(struct line *line)
{
	struct pipe *pipe = (struct pipe *)line;

	if (pipe->session != NULL)
		ros_session_close(pipe->session);
	free(pipe);
}

/* A bulk fill speaks to one router from several threads, and a router is one thread's at a time. */
static pthread_mutex_t world_lock = PTHREAD_MUTEX_INITIALIZER;

static bool locked_send(struct line *line, struct text bytes, uint32_t timeout_ms,
			struct error *error)
{
	bool sent;

	(void)pthread_mutex_lock(&world_lock);
	sent = pipe_send(line, bytes, timeout_ms, error);
	(void)pthread_mutex_unlock(&world_lock);
	return sent;
}

static bool locked_receive(struct line *line, char *out, uint32_t size, uint32_t *got,
			   uint32_t timeout_ms, struct error *error)
{
	bool received;

	(void)pthread_mutex_lock(&world_lock);
	received = pipe_receive(line, out, size, got, timeout_ms, error);
	(void)pthread_mutex_unlock(&world_lock);
	return received;
}

static bool locked_alive(struct line *line)
{
	bool alive;

	(void)pthread_mutex_lock(&world_lock);
	alive = pipe_alive(line);
	(void)pthread_mutex_unlock(&world_lock);
	return alive;
}

static void locked_close(struct line *line)
{
	(void)pthread_mutex_lock(&world_lock);
	pipe_close(line);
	(void)pthread_mutex_unlock(&world_lock);
}

static bool open_router(void *context, struct device **out, const struct seat *seat,
			const struct router *router, struct error *error)
{
	struct town *town = context;
	struct ros *ros = town->routers[router->name.at[1] - '1'];
	struct pipe *pipe = calloc(1, sizeof(*pipe));

	(void)seat;
	assert_non_null(pipe);
	town->opened++;
	(void)pthread_mutex_lock(&world_lock);
	ros_set_now(ros, clock_now());
	pipe->line = (struct line){ pipe_send, pipe_receive, pipe_alive, pipe_close, NULL };
	pipe->session = ros_session_open(ros);
	(void)pthread_mutex_unlock(&world_lock);
	pipe->line.send = locked_send;
	pipe->line.receive = locked_receive;
	pipe->line.alive = locked_alive;
	pipe->line.close = locked_close;
	return device_open_line(out, &pipe->line, TEXT("wavu"), secret_of(TEXT("pw")), error);
}

/* ---- the town -------------------------------------------------------------------------------- */

static void write_file(const struct town *town, const char *name, const char *bytes)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", town->folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(bytes, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static void ring(void *context, struct seat *seat, struct text router, enum urgency urgency)
{
	static const char *const words[] = { "low", "normal", "urgent" };
	struct town *town = context;

	(void)seat;
	if (router.size == 0)
		return;
	town->ring_count++;
	(void)snprintf(town->rung, sizeof(town->rung), "%.*s %s", TEXT_ARG(router), words[urgency]);
}

static void open_seat(struct town *town)
{
	struct error error = { 0 };

	if (!seat_open(&town->seat, &town->settings, &town->tenant, true, &error))
		fail_msg("%s", error.text);
	town->seat.open_device = open_router;
	town->seat.open_context = town;
	town->seat.bell = (struct bell){ ring, town };
}

void town_open(struct town *town, uint32_t router_count)
{
	memset(town, 0, sizeof(*town));
	(void)setenv("WAVU_TEST_TOKEN", TOWN_TOKEN, 1);
	(void)setenv("WAVU_TEST_KEY", TOWN_KEY, 1);
	/* In memory where there is such a folder: thousands of commits a test, each with its fsync.
	 */
	(void)snprintf(town->folder, sizeof(town->folder), "%s/town-XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : P_tmpdir);
	assert_non_null(mkdtemp(town->folder));
	arena_open(&town->arena, (size_t)1 << 30);
	write_file(town, "main.token", TOWN_TOKEN "\n");
	write_file(town, "r.pw", "pw\n");
	town->tenant = (struct settings_tenant){ .name = TEXT("kasinet"),
						 .repository = TEXT("/nowhere"),
						 .is_local = true,
						 .branch = TEXT("main"),
						 .path = TEXT("."),
						 .poll_us = 30 * SECOND_US };
	town->settings = (struct settings){ .state = text_of(town->folder),
					    .secrets = text_of(town->folder),
					    .tenants = &town->tenant,
					    .tenant_count = 1,
					    .workers = 4,
					    .sweep_us = 15 * MINUTE_US };
	for (uint32_t i = 0; i < router_count; i++)
		town->routers[i] = ros_new(
		    &(struct ros_options){ .password = "pw", .now_at = clock_now() });
	open_seat(town);
}

static void hang_up(struct town *town)
{
	for (uint32_t i = 0; i < TOWN_ROUTERS_MAX; i++) {
		device_close(town->devices[i]);
		town->devices[i] = NULL;
	}
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

void town_close(struct town *town)
{
	hang_up(town);
	seat_close(&town->seat);
	for (uint32_t i = 0; i < TOWN_ROUTERS_MAX; i++)
		ros_free(town->routers[i]);
	arena_close(&town->arena);
	(void)nftw(town->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A git of our own: what was kept before the stop is read again. */
static struct intent *read_former(void *context, struct text commit)
{
	const struct keeping *before = context;

	for (uint32_t i = 0; before != NULL && i < before->count; i++)
		if (text_is(commit, before->routers[i].intent->commit))
			return intent_hold(before->routers[i].intent);
	return NULL;
}

void town_restart(struct town *town)
{
	struct intent *intent = seat_intent(&town->seat);
	struct keeping *before = keeping_copy(&town->seat);
	struct error error = { 0 };

	hang_up(town);
	seat_close(&town->seat);
	open_seat(town);
	seat_swap(&town->seat, intent);
	if (!keeping_load(&town->seat, read_former, before, &error))
		fail_msg("%s", error.text);
	keeping_free(before);
}

const char *town_join(struct town *town, const char *a, const char *b, const char *c)
{
	return text_format(&town->arena, "%s---\n%s%s%s", a, b, c != NULL ? "---\n" : "",
			   c != NULL ? c : "")
	    .at;
}

const char *town_people(struct town *town, const char *router, uint32_t count,
			const char *paid_until)
{
	struct text all = TEXT_NONE;

	for (uint32_t i = 1; i <= count; i++)
		all = text_format(
		    &town->arena,
		    "%.*s%skind: Subscriber\nname: c%u\npackage: home-10\nrouter: %s\n"
		    "password: {generate: true}\nopening: {paid_until: %s}\n",
		    TEXT_ARG(all), i > 1 ? "---\n" : "", i, router, paid_until);
	return all.at;
}

void town_commit(struct town *town, const char *yaml, int64_t now)
{
	struct intent_file file = { TEXT("all.yaml"), text_of(yaml) };
	struct findings findings = { 0 };
	struct error error = { 0 };
	struct intent *intent = NULL;

	intent_read_files(&intent, &findings, &file, 1, &town->arena);
	if (intent == NULL)
		fail_msg("%u:%u: %.*s", findings.errors[0].line, findings.errors[0].column,
			 TEXT_ARG(findings.errors[0].message));
	(void)snprintf(intent->commit, sizeof(intent->commit), "%040x", ++town->commits);
	if (!commit_take(&town->seat, intent, now != 0 ? now : clock_now(), &error))
		fail_msg("%s", error.text);
}

static struct job run(struct town *town, uint32_t index, const struct task *task)
{
	struct error error = { 0 };
	struct job job;

	ros_set_now(town->routers[index], clock_now());
	if (!reconcile_router(&job, &town->seat, task, &town->devices[index], &town->arena, &error))
		fail_msg("%s", error.text);
	return job;
}

static struct text name_of(struct town *town, uint32_t index)
{
	return text_format(&town->arena, "r%u", index + 1);
}

struct job town_job(struct town *town, uint32_t index, enum scope scope)
{
	struct task task = { .router = name_of(town, index), .scope = scope, .cause = CAUSE_SWEEP };

	return run(town, index, &task);
}

struct job town_apply(struct town *town, uint32_t index, const char *allow)
{
	struct task task = { .router = name_of(town, index),
			     .cause = CAUSE_PERSON,
			     .approvals = &allow,
			     .approval_count = allow != NULL };

	return run(town, index, &task);
}

/* ---- looking at its routers ------------------------------------------------------------------ */

struct router_state town_router(struct town *town, uint32_t index)
{
	struct router_state state;
	struct error error = { 0 };
	bool found;

	if (!fleet_router(&found, &state, town->seat.store, name_of(town, index), &town->arena,
			  &error))
		fail_msg("%s", error.text);
	assert_true(found);
	return state;
}

struct event town_event(struct town *town, uint32_t index)
{
	struct event *events;
	struct error error = { 0 };
	uint32_t count;

	if (!events_read(&events, &count, town->seat.store, name_of(town, index), 1, &town->arena,
			 &error))
		fail_msg("%s", error.text);
	assert_int_equal(count, 1);
	return events[0];
}

uint32_t town_marks(struct town *town)
{
	struct mark *marks;
	struct error error = { 0 };
	uint32_t count;

	if (!fleet_marks(&marks, &count, town->seat.store, TEXT_NONE, &town->arena, &error))
		fail_msg("%s", error.text);
	return count;
}
