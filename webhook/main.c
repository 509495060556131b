/*
 * The program wavu-webhook: keeps what arrives on valid callback URLs and answers after the commit.
 * It needs no running controller, holds no secret, knows no router.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "settings/settings.h"
#include "webhook/overdue.h"
#include "webhook/rights.h"
#include "webhook/server.h"

#define CONFIG_DEFAULT "/etc/wavu/wavu.yaml"
#define LOOK_MS 100    /* how soon a new token counts, and how exactly a slow client is ended */
#define DRAIN_MS 10000 /* what is being answered may take so long after SIGTERM */
#define COMPLAIN_US MINUTE_US

#define EXIT_USAGE 64

/* Everything the program owns. */
struct house {
	struct settings settings;
	struct store *stores[TENANTS_MAX];
	struct gate gates[TENANTS_MAX];
	uint32_t count;
	struct doorbell bell;
	struct webhook *server;
	int64_t complained_at; /* monotonic: when a refresh failed and that was said */
};

static void stores_close(struct house *house)
{
	for (uint32_t i = 0; i < house->count; i++) {
		store_close(house->stores[i]);
		house->stores[i] = NULL;
	}
}

static bool store_reach(struct store **out, const struct house *house, uint32_t index,
			struct error *error)
{
	int64_t version;
	if (!store_open(out, house->settings.state, house->settings.tenants[index].name,
			STORE_WEBHOOK, error))
		return false;
	/* Opening forgives a street file that cannot be read yet; here it would stay so. */
	if (street_version(&version, *out, error))
		return true;
	store_close(*out);
	*out = NULL;
	return false;
}

static bool stores_open(struct house *house, struct error *error)
{
	for (uint32_t i = 0; i < house->count; i++) {
		if (store_reach(&house->stores[i], house, i, error))
			continue;
		stores_close(house);
		return false;
	}
	return true;
}

/* Opens the files with as few rights as they allow. */
static bool state_open(struct house *house, struct error *error)
{
	struct text state = house->settings.state;
	/* Beside a first `wavu controller`, whoever comes first makes the folder. */
	if (mkdir(text_copy(&house->settings.arena, state).at, 0750) && errno != EEXIST)
		return error_set(error, ERROR_FAILED, "the state folder %.*s: %s", TEXT_ARG(state),
				 strerror(errno));
	rights_freeze();
	bool as_user = rights_try_user();
	if (as_user && !stores_open(house, error)) {
		rights_keep_root(error->text);
		as_user = false;
	}
	if (as_user) {
		uint16_t port = house->settings.public_port;
		rights_become_user(port > 0 && port < 1024);
	} else if (!house->stores[0] && !stores_open(house, error)) {
		return false;
	}
	return doorbell_open(&house->bell, state, error);
}

static void refresh(struct house *house)
{
	struct error error;
	for (uint32_t i = 0; i < house->count; i++) {
		if (channels_refresh(house->gates[i].channels, &error))
			continue;
		/* The last set stays in force; said once a minute. */
		int64_t now = clock_monotonic();
		if (house->complained_at && now - house->complained_at < COMPLAIN_US)
			continue;
		house->complained_at = now;
		log_line(LOG_WARNING, "street-unreadable", "tenant=%.*s why=\"%s\"",
			 TEXT_ARG(house->gates[i].tenant), error.text);
	}
}

static bool broken(const struct house *house)
{
	for (uint32_t i = 0; i < house->count; i++)
		if (committer_is_broken(house->gates[i].committer))
			return true;
	return false;
}

static void gates_open(struct house *house)
{
	for (uint32_t i = 0; i < house->count; i++) {
		house->gates[i].tenant = house->settings.tenants[i].name;
		house->gates[i].channels = channels_new(house->stores[i]);
		house->gates[i].committer = committer_new(house->stores[i], &house->bell);
	}
	refresh(house);
}

/* What was handed over is committed before the files close. */
static void house_close(struct house *house)
{
	webhook_close(house->server);
	for (uint32_t i = 0; i < house->count; i++) {
		committer_free(house->gates[i].committer);
		channels_free(house->gates[i].channels);
	}
	stores_close(house);
	doorbell_close(&house->bell);
}

/* Waits for a signal; looks at the street and at slow clients in between. False: it ended because
 * of a broken file. */
static bool serve_until_signal(struct house *house, const sigset_t *signals)
{
	const struct timespec look = { 0, LOOK_MS * 1000000L };
	for (;;) {
		int signal = sigtimedwait(signals, NULL, &look);
		if (signal == SIGTERM || signal == SIGINT) {
			log_line(LOG_INFO, "stopping", "signal=%d", signal);
			return true;
		}
		overdue_check(clock_monotonic());
		refresh(house);
		if (broken(house))
			return false;
	}
}

static int serve(struct house *house)
{
	struct error error;
	sigset_t signals;
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	(void)sigaddset(&signals, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	/* A limit on the size of files is then a failed write like any other, and answered 503. */
	(void)signal(SIGXFSZ, SIG_IGN);
	if (!state_open(house, &error)) {
		log_line(LOG_ERROR, "no-state", "why=\"%s\"", error.text);
		return EXIT_FAILURE;
	}
	gates_open(house);
	if (!webhook_open(&house->server, &house->settings, house->gates, house->count,
			  &house->bell, &error)) {
		log_line(LOG_ERROR, "no-listener", "why=\"%s\"", error.text);
		house_close(house);
		return EXIT_FAILURE;
	}
	rights_forget();
	log_line(LOG_INFO, "listening", "public=%.*s:%d", TEXT_ARG(house->settings.public_host),
		 webhook_port(house->server));
	bool asked = serve_until_signal(house, &signals);
	webhook_drain(house->server, DRAIN_MS);
	house_close(house);
	log_line(asked ? LOG_INFO : LOG_ERROR, "stopped", "reason=%s",
		 asked ? "signal" : "broken-inbox");
	return asked ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int usage(FILE *out)
{
	(void)fprintf(out, "usage: wavu-webhook [-c FILE]\n\n"
			   "Keeps payment callbacks for the controller. FILE is wavu.yaml;\n"
			   "default: $WAVU_CONFIG, then " CONFIG_DEFAULT ".\n");
	return out == stdout ? EXIT_SUCCESS : EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static struct house house;
	struct error error;
	const char *file = getenv("WAVU_CONFIG");
	if (argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0))
		return usage(stdout);
	if (argc == 3 && strcmp(argv[1], "-c") == 0)
		file = argv[2];
	else if (argc != 1)
		return usage(stderr);
	if (!settings_read(&house.settings, text_of(file && *file ? file : CONFIG_DEFAULT),
			   &error)) {
		(void)fprintf(stderr, "%s\n", error.text);
		return error_disposition(error.code)->exit_code;
	}
	invariant(house.settings.tenant_count <= TENANTS_MAX);
	house.count = house.settings.tenant_count;
	int status = serve(&house);
	settings_free(&house.settings);
	return status;
}
