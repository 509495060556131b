/*
 * kill -9 of the controller at every named point, before and after each commit, answer and write:
 * no payment that was kept is lost or counted twice, and the router ends as it should. The router
 * is a process of its own, so that it outlives the kill.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "books.h"

#include "base/clock.h"
#include "money/teller.h"
#include "router/line.h"
#include "state/ledger.h"

#define R1                                                                         \
	"kind: Router\nname: r1\nsite: kasarani\naddress: 127.0.0.1\nuser: wavu\n" \
	"password: {file: r.pw}\nmode: manage\n"                                   \
	"---\nkind: Subscriber\nname: phone\npackage: day-5\nrouter: r1\n"         \
	"opening: {paid_until: 2099-01-01}\n"
#define HITS_MAX 3

static const char *const points[] = {
	"follow-before-commit",    "follow-after-commit",        "teller-before-commit",
	"teller-after-commit",     "reconcile-before-intention", "reconcile-before-write",
	"reconcile-written",       "reconcile-before-outcome",   "reconcile-after-outcome",
	"reconcile-before-learnt", "reconcile-after-learnt",
};

/* ---- the router's process -------------------------------------------------------------------- */

static struct sockaddr_un address_of(const struct town *town)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%.60s/router", town->folder);
	return address;
}

/* One client at a time, as the controller is; a client that was killed is an end of its session. */
static void serve_client(struct ros *ros, int fd)
{
	struct ros_session *session = ros_session_open(ros);
	char bytes[4096];
	ssize_t size;

	while (session != NULL && (size = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
		const char *out;
		size_t there;

		ros_set_now(ros, clock_now());
		ros_session_input(session, bytes, (size_t)size);
		there = ros_session_output(session, &out);
		if (there > 0 && send(fd, out, there, MSG_NOSIGNAL) < 0)
			break;
		ros_session_consume(session, there);
		if (ros_session_is_closed(session))
			break;
	}
	if (session != NULL)
		ros_session_close(session);
	(void)close(fd);
}

static _Noreturn void serve(int listener)
{
	struct ros *ros = ros_new(&(struct ros_options){ .password = "pw", .now_at = clock_now() });

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		serve_client(ros, accept(listener, NULL, NULL));
}

static pid_t start_router(const struct town *town)
{
	struct sockaddr_un address = address_of(town);
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t pid;

	assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 8), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		serve(listener);
	(void)close(listener);
	return pid;
}

/* ---- a line to it ---------------------------------------------------------------------------- */

struct cable {
	struct line line;
	int fd;
};

static bool cable_send(struct line *line, struct text bytes, uint32_t timeout_ms,
		       struct error *error)
{
	(void)timeout_ms;
	if (send(((struct cable *)line)->fd, bytes.at, bytes.size, MSG_NOSIGNAL) ==
	    (ssize_t)bytes.size)
		return true;
	return error_set(error, ERROR_UNREACHABLE, "the cable is cut");
}

static bool cable_receive(struct line *line, char *out, uint32_t size, uint32_t *got,
			  uint32_t timeout_ms, struct error *error)
{
	ssize_t there = recv(((struct cable *)line)->fd, out, size, 0);

	(void)timeout_ms;
	if (there <= 0)
		return error_set(error, ERROR_UNREACHABLE, "the cable is cut");
	*got = (uint32_t)there;
	return true;
}

static bool cable_alive(struct line *line)
{
	(void)line;
	return true;
}

static void cable_close(struct line *line)
{
	(void)close(((struct cable *)line)->fd);
	free(line);
}

static bool open_cable(void *context, struct device **out, const struct seat *seat,
		       const struct router *router, struct error *error)
{
	struct sockaddr_un address = address_of(context);
	struct cable *cable = calloc(1, sizeof(*cable));

	(void)seat;
	(void)router;
	assert_non_null(cable);
	cable->line = (struct line){ cable_send, cable_receive, cable_alive, cable_close, NULL };
	cable->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(cable->fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
		cable_close(&cable->line);
		return error_set(error, ERROR_UNREACHABLE, "no router");
	}
	return device_open_line(out, &cable->line, TEXT("wavu"), secret_of(TEXT("pw")), error);
}

/* ---- the controller's process ---------------------------------------------------------------- */

static struct intent *read_yaml(struct town *town, const char *yaml)
{
	struct intent_file file = { TEXT("all.yaml"), text_of(yaml) };
	struct findings findings = { 0 };
	struct intent *intent;

	intent_read_files(&intent, &findings, &file, 1, &town->arena);
	assert_non_null(intent);
	(void)snprintf(intent->commit, sizeof(intent->commit), "%040x", text_hash(text_of(yaml)));
	return intent;
}

/* What a controller does after a start: the newest commit, the inbox, every router. Ends with 0
 * when all of it was done. */
static int live(struct town *town, const char *yaml)
{
	struct task task = { .router = TEXT("r1"), .cause = CAUSE_START };
	struct device *device = NULL;
	struct error error = { 0 };
	struct job job;
	bool more = true;

	if (!seat_open(&town->seat, &town->settings, &town->tenant, true, &error) ||
	    !commit_take(&town->seat, read_yaml(town, yaml), clock_now(), &error)) {
		print_message("%s\n", error.text);
		return 1;
	}
	town->seat.open_device = open_cable;
	town->seat.open_context = town;
	while (more)
		if (!teller_step(&town->seat, clock_now(), &more, &error))
			return 2;
	if (!reconcile_router(&job, &town->seat, &task, &device, &town->arena, &error))
		return 3;
	if (job.outcome > OUTCOME_NOTHING)
		return 4;
	if (!reconcile_router(&job, &town->seat, &task, &device, &town->arena, &error))
		return 5;
	return job.outcome == OUTCOME_NOTHING && job.in_sync && job.writes == 0 ? 0 : 6;
}

/* True: it was killed at the point. */
static bool run_controller(struct town *town, const char *yaml, const char *point, int hit)
{
	char wish[64];
	int status;
	pid_t pid;

	(void)snprintf(wish, sizeof(wish), "%s:%d", point, hit);
	seat_close(&town->seat);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)setenv("WAVU_FAILPOINT", wish, 1);
		_exit(live(town, yaml));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return true;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("%s: the controller ended with %d", wish, status);
	return false;
}

static void look_at_the_books(struct town *town, uint32_t payer)
{
	struct standing standing;
	struct text *problems, reference = text_format(&town->arena, "c%u", payer);
	struct error error = { 0 };
	uint32_t count;

	if (!seat_open(&town->seat, &town->settings, &town->tenant, true, &error))
		fail_msg("%s", error.text);
	assert_true(store_verify(&problems, &count, town->seat.store, &town->arena, &error));
	assert_int_equal(count, 0);
	assert_true(ledger_standing(&standing, town->seat.store, reference, &town->arena, &error));
	assert_int_equal(standing.balance_cents, 0);
	assert_int_equal(standing.last_amount_cents, 250000);
	assert_true(standing.paid_until_at > clock_now() + 27 * DAY_US &&
		    standing.paid_until_at < clock_now() + 32 * DAY_US);
}

/* The people there are at a case: one more each time, so that there is always something to write.
 */
static const char *people(struct town *town, uint32_t count)
{
	struct text all = text_format(&town->arena, "%s---\n%s", town_basics, R1);

	for (uint32_t i = 1; i <= count; i++)
		all = text_format(&town->arena,
				  "%.*s---\nkind: Subscriber\nname: c%u\npackage: home-10\n"
				  "router: r1\n",
				  TEXT_ARG(all), i);
	return all.at;
}

static void no_kill_loses_or_doubles_a_payment(void **state)
{
	uint32_t payer = 0, fired = 0;
	struct town town;
	pid_t router;

	(void)state;
	town_open(&town, 0);
	seat_close(&town.seat); /* the router's process must not inherit its locks */
	router = start_router(&town);
	for (size_t i = 0; i < ARRAY_COUNT(points); i++) {
		uint32_t killed = 0;

		for (int hit = 1; hit <= HITS_MAX; hit++) {
			const char *yaml = people(&town, ++payer);
			char receipt[16];

			(void)snprintf(receipt, sizeof(receipt), "KILL%04u", payer);
			town_pay(&town, receipt, "2500", text_format(&town.arena, "c%u", payer).at);
			killed += run_controller(&town, yaml, points[i], hit);
			/* The provider sends again what it does not know to be heard. */
			town_pay(&town, receipt, "2500", text_format(&town.arena, "c%u", payer).at);
			assert_false(run_controller(&town, yaml, "none", 1));
			look_at_the_books(&town, payer);
		}
#ifdef WAVU_FAILPOINTS
		if (killed == 0)
			fail_msg("%s was never passed", points[i]);
#endif
		fired += killed;
	}
	print_message("killed %u times at %zu points\n", fired, ARRAY_COUNT(points));
	(void)kill(router, SIGKILL);
	(void)waitpid(router, NULL, 0);
	town_close(&town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_kill_loses_or_doubles_a_payment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
