/*
 * A line in memory to a simulated router: the real bytes, cut where the seed says. While a job
 * waits for an answer, time passes and others may act: that is where threads would take turns.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "router/device.h"
#include "router/line.h"
#include "sim/sim.h"

struct wire {
	struct line line;
	struct wire *next;
	struct station *station;
	struct ros_session *session; /* NULL: cut */
	enum wire_phase phase;
	bool stalled;
	bool asked; /* something was sent since the last answer */
	int fd;     /* readable when the router has said something that nobody has read */
};

static struct wire *wires;

static bool holds(struct text bytes, const char *word)
{
	return memmem(bytes.at, bytes.size, word, strlen(word)) != NULL;
}

static enum wire_phase phase_of(struct text bytes, enum wire_phase before)
{
	if (holds(bytes, "/login"))
		return PHASE_LOGIN;
	if (holds(bytes, "/add") || holds(bytes, "/set") || holds(bytes, "/remove"))
		return PHASE_WRITE;
	return holds(bytes, "/print") ? PHASE_LOOK : before;
}

static void count_cut(const struct cut *cut)
{
	static const enum fault phases[] = { FAULT_CUT_LOGIN, FAULT_CUT_LOOK, FAULT_CUT_WRITE };
	static const enum fault ways[] = { FAULT_CUT_RESET, FAULT_CUT_END, FAULT_CUT_STALL };

	fault_count(phases[cut->phase]);
	fault_count(ways[cut->how]);
	fault_count(cut->inbound ? FAULT_CUT_FROM_ROUTER : FAULT_CUT_TO_ROUTER);
}

static void hang_up(struct wire *own)
{
	if (own->session != NULL)
		ros_session_close(own->session);
	own->session = NULL;
}

/* How many of these bytes get through before the line dies; all of them when it does not. */
static uint32_t through(struct wire *own, bool inbound, uint32_t size, bool *dies)
{
	struct cut *cut = &own->station->cut;
	uint32_t after = cut->after;

	*dies = false;
	if (!cut->armed || cut->inbound != inbound || cut->phase != (int)own->phase)
		return size;
	if (after > size) {
		cut->after -= size;
		return size;
	}
	*dies = true;
	cut->armed = false;
	own->stalled = cut->how == ROS_CUT_STALL;
	count_cut(cut);
	return after;
}

static bool dead(struct wire *own, uint32_t timeout_ms, struct error *error)
{
	if (own->stalled ||
	    (own->session != NULL && ros_session_line(own->session) != ROS_LINE_ENDED &&
	     ros_session_line(own->session) != ROS_LINE_RESET)) {
		elapse((int64_t)timeout_ms * 1000);
		return error_set(error, ERROR_UNREACHABLE, "the router was silent");
	}
	return error_set(error, ERROR_UNREACHABLE, "the line broke");
}

static bool wire_send(struct line *line, struct text bytes, uint32_t timeout_ms,
		      struct error *error)
{
	struct wire *own = (struct wire *)line;
	enum wire_phase phase = phase_of(bytes, own->phase);
	uint32_t size;
	bool dies;

	/* Between the look and the write anything may have happened. */
	if (phase == PHASE_WRITE && own->phase == PHASE_LOOK && !sim.quiet &&
	    sim.wall_offset_us == 0 && luck_one_in(12)) {
		sim.mid_job = true;
		hand_edit(own->station);
		sim.mid_job = false;
		fault_count(FAULT_HAND_MID_JOB);
	}
	own->phase = phase;
	own->asked = true;
	if (own->session == NULL || ros_session_line(own->session) == ROS_LINE_RESET)
		return dead(own, timeout_ms, error);
	size = through(own, false, bytes.size, &dies);
	ros_set_now(own->station->ros, sim.now);
	/* To a peer that has closed, a first send still seems to work. */
	if (size > 0 && ros_session_line(own->session) == ROS_LINE_OPEN)
		ros_session_input(own->session, bytes.at, size);
	if (!dies)
		return true;
	hang_up(own);
	return own->stalled || dead(own, timeout_ms, error);
}

static size_t wait_for(struct wire *own, uint32_t timeout_ms, const char **bytes)
{
	size_t there = ros_session_output(own->session, bytes);
	int64_t release_at = ros_session_release_at(own->session);

	if (there > 0 || release_at == INT64_MAX || release_at > sim.now + timeout_ms * 1000)
		return there;
	elapse(release_at - sim.now);
	ros_set_now(own->station->ros, sim.now);
	return ros_session_output(own->session, bytes);
}

/* Nothing is left to say: the descriptor is silent again, if it was not. */
static bool read_all(const struct wire *own)
{
	uint64_t said;
	ssize_t got = read(own->fd, &said, sizeof(said));

	return got == (ssize_t)sizeof(said) || errno == EAGAIN;
}

void wire_wake(void)
{
	static const uint64_t one = 1;
	const char *bytes;

	for (struct wire *own = wires; own != NULL; own = own->next)
		if (own->session == NULL ? !own->stalled
					 : ros_session_output(own->session, &bytes) > 0 ||
					       ros_session_is_closed(own->session))
			invariant(write(own->fd, &one, sizeof(one)) > 0);
}

static bool wire_receive(struct line *line, char *out, uint32_t size, uint32_t *got,
			 uint32_t timeout_ms, struct error *error)
{
	struct wire *own = (struct wire *)line;
	const char *bytes;
	size_t there;
	bool dies;

	*got = 0;
	if (own->asked && timeout_ms > 0) {
		own->asked = false;
		elapse(luck_between(500, 40000));
		life_interleave();
		ros_set_now(own->station->ros, sim.now);
	}
	if (own->session == NULL || ros_session_line(own->session) == ROS_LINE_RESET)
		return dead(own, timeout_ms, error);
	there = wait_for(own, timeout_ms, &bytes);
	if (there == 0 && timeout_ms == 0 && ros_session_line(own->session) == ROS_LINE_OPEN)
		return read_all(own);
	if (there == 0)
		return dead(own, timeout_ms, error);
	if (there > size)
		there = size;
	/* Answers come in pieces. */
	if (there > 1 && luck_one_in(4))
		there = 1 + luck_below((uint32_t)there - 1);
	there = through(own, true, (uint32_t)there, &dies);
	memcpy(out, bytes, there);
	if (!dies)
		ros_session_consume(own->session, there);
	else
		hang_up(own);
	*got = (uint32_t)there;
	return there > 0 || dead(own, timeout_ms, error);
}

static bool wire_alive(struct line *line)
{
	const struct wire *own = (const struct wire *)line;

	return own->stalled || (own->session != NULL && !ros_session_is_closed(own->session));
}

static void wire_close(struct line *line)
{
	struct wire *own = (struct wire *)line;

	struct wire **at = &wires;

	while (*at != own)
		at = &(*at)->next;
	*at = own->next;
	hang_up(own);
	(void)close(own->fd);
	free(own);
}

static int wire_descriptor(const struct line *line)
{
	return sim.watches ? ((const struct wire *)line)->fd : -1;
}

void wire_drop_all(void)
{
	for (struct wire *own = wires; own != NULL; own = own->next)
		hang_up(own);
}

static bool connect_refused(struct station *station, struct error *error)
{
	elapse(luck_between(1000, CONNECT_MS_MAX * 1000));
	return error_set(error, ERROR_UNREACHABLE, "%s does not answer", station->name);
}

bool wire_open(void *context, struct device **out, const struct seat *seat,
	       const struct router *router, struct error *error)
{
	struct station *station = NULL;
	struct wire *own;
	struct ros_session *session;

	(void)context;
	(void)seat;
	for (int i = 0; i < ROUTERS; i++)
		if (text_is(router->name, sim.stations[i].name))
			station = &sim.stations[i];
	invariant(station != NULL);
	if (sim.now < station->away_until_at)
		return connect_refused(station, error);
	ros_set_now(station->ros, sim.now);
	session = ros_session_open(station->ros);
	if (session == NULL)
		return connect_refused(station, error);
	own = calloc(1, sizeof(*own));
	invariant(own != NULL);
	own->line = (struct line){ wire_send, wire_receive, wire_alive, wire_close,
				   wire_descriptor };
	own->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	invariant(own->fd >= 0);
	own->station = station;
	own->session = session;
	own->next = wires;
	wires = own;
	return device_open_line(out, &own->line, router->user, secret_of(text_of(ROUTER_PASSWORD)),
				error);
}
