/* The program `sim`: runs seeds, each in a process of its own, and adds up what happened. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "sim/sim.h"

struct tally *tally;

static const char usage[] =
    "sim [--seed N] [--runs N] [--days D | --hours H] [--trace] [--bug N] [--watch]\n"
    "    [--all-faults]\n"
    "  --seed N      the first seed (default 1)\n"
    "  --runs N      that many seeds, one after the other (default 1)\n"
    "  --days D      simulated days of each run (default 1); or --hours H\n"
    "  --trace       print everything as it happens\n"
    "  --bug N       with the deliberate mistake N (1 to 5) that must be found\n"
    "  --watch       idle sessions listen, and are asked whether they live\n"
    "  --all-faults  a fault or a named point that never fired is a failure\n";

static const char *value_of(int argc, char **argv, int *at)
{
	if (*at + 1 >= argc) {
		(void)fputs(usage, stderr);
		exit(64);
	}
	return argv[++*at];
}

struct wish {
	uint64_t runs;
	bool all_faults;
};

static struct wish read_arguments(int argc, char **argv)
{
	struct wish wish = { .runs = 1 };

	sim.seed = 1;
	sim.days = 1;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--seed") == 0) {
			sim.seed = strtoull(value_of(argc, argv, &i), NULL, 10);
		} else if (strcmp(argv[i], "--runs") == 0) {
			wish.runs = strtoull(value_of(argc, argv, &i), NULL, 10);
		} else if (strcmp(argv[i], "--days") == 0) {
			sim.days = (double)strtoull(value_of(argc, argv, &i), NULL, 10);
		} else if (strcmp(argv[i], "--hours") == 0) {
			sim.days = (double)strtoull(value_of(argc, argv, &i), NULL, 10) / 24;
		} else if (strcmp(argv[i], "--bug") == 0) {
			sim.bug = (int)strtoull(value_of(argc, argv, &i), NULL, 10);
		} else if (strcmp(argv[i], "--trace") == 0) {
			sim.tracing = true;
		} else if (strcmp(argv[i], "--watch") == 0) {
			sim.watches = true;
		} else if (strcmp(argv[i], "--all-faults") == 0) {
			wish.all_faults = true;
		} else {
			(void)fputs(usage, stderr);
			exit(64);
		}
	}
	return wish;
}

/* 2026-11-21 00:00 UTC, and some, so that midnights fall anywhere. */
#define WORLD_BEGINS_AT (INT64_C(1795219200) * SECOND_US)

static void run_seed(const char *folder)
{
	sim.luck = sim.seed * 0x2545f4914f6cdd1du + 1;
	sim.dice = ~sim.luck;
	sim.began_at = WORLD_BEGINS_AT + luck_between(0, 40 * DAY_US);
	sim.now = sim.began_at;
	sim.ends_at = sim.began_at + (int64_t)(sim.days * (double)DAY_US);
	files_begin(folder);
	play_run();
	tally->jobs += sim.jobs;
	tally->writes += sim.writes;
	tally->payments += sim.payments;
	tally->quiets += sim.quiets;
	tally->days += (double)(sim.now - sim.began_at) / (double)DAY_US;
}

/* A run is a process: whatever it leaves behind ends with it, and a broken one is one failure. */
static bool run_child(const char *folder)
{
	int status = 0;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	invariant(child >= 0);
	if (child == 0) {
		run_seed(folder);
		(void)fflush(stdout);
		_exit(0);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 1)
		printf("FAILED seed %llu: the process ended with status %d\n",
		       (unsigned long long)sim.seed, status);
	return false;
}

static bool report(const struct wish *wish)
{
	bool complete = true;

	printf("%llu runs, %.1f simulated days, %llu jobs, %llu writes, %llu payments, "
	       "%llu kills, %llu quiet periods checked\n",
	       (unsigned long long)wish->runs, tally->days, (unsigned long long)tally->jobs,
	       (unsigned long long)tally->writes, (unsigned long long)tally->payments,
	       (unsigned long long)tally->kills, (unsigned long long)tally->quiets);
	for (int i = 0; i < FAULT_COUNT; i++) {
		printf("%10llu  %s\n", (unsigned long long)tally->faults[i],
		       fault_name((enum fault)i));
		complete &= tally->faults[i] > 0;
	}
	for (int i = 0; i < point_count; i++) {
		printf("%10llu  killed at %s\n", (unsigned long long)tally->points[i], points[i]);
		complete &= tally->points[i] > 0;
	}
	if (!complete && wish->all_faults)
		printf("FAILED: some faults never fired\n");
	return complete || !wish->all_faults;
}

static void raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	struct wish wish = read_arguments(argc, argv);
	char folder[64];
	bool good = true;

	(void)snprintf(folder, sizeof(folder), "%s/wavu-sim-XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	invariant(mkdtemp(folder) != NULL);
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	invariant(tally != MAP_FAILED);
	raise_limits();
	for (uint64_t i = 0; i < wish.runs && good; i++) {
		good = run_child(folder);
		(void)snprintf(sim.folder, sizeof(sim.folder), "%s/%llu", folder,
			       (unsigned long long)sim.seed);
		files_end();
		sim.seed++;
	}
	(void)rmdir(folder);
	return good && report(&wish) ? 0 : 1;
}
