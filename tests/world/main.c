/* world-router: simulated RouterOS devices on real TCP, for tests, benchmarks, the quickstart. */
#include "world/farm.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static volatile int stops;

static void stop(int number)
{
	(void)number;
	stops = 1;
}

static void usage(FILE *out)
{
	fputs("usage: world-router [option]…\n"
	      "  --routers N          how many (1); they are named router1, router2 …\n"
	      "  --name PREFIX        instead of \"router\"\n"
	      "  --version V[,V]…     RouterOS versions, going round (7.16.2)\n"
	      "  --user NAME          the API user (wavu)\n"
	      "  --password TEXT      its password (empty)\n"
	      "  --policy LIST        of its group (read,write,api,rest-api,sensitive)\n"
	      "  --host ADDRESS       to listen on (127.0.0.1)\n"
	      "  --port N             of the first router; 0 takes any (0)\n"
	      "  --tls-cert FILE --tls-key FILE   api-ssl too, with this certificate\n"
	      "  --tls-anonymous      api-ssl too, without a certificate\n"
	      "  --tls-port N         of the first router (0)\n"
	      "  --rest N             the web service too, on this port; 0 takes any\n"
	      "  --rest-tls N         the same with TLS, by the options above\n"
	      "  --latency MS         each reply is released so much later (0)\n"
	      "  --seed N             for what is left to chance (1)\n"
	      "  --rows-max N         rows a router can hold (no limit)\n"
	      "  --bare               nothing but what the factory ships, and the API user\n"
	      "  --control N          control port; 0 takes any\n"
	      "  --ports-file FILE    the ports are written there as JSON, then `ready` is said\n"
	      "  --run FILE           control lines to run before the ports are told\n"
	      "  --die-with-parent    ends when whoever started it ends\n\n",
	      out);
	farm_help(out);
}

enum option_code {
	OPTION_ROUTERS = 256,
	OPTION_NAME,
	OPTION_VERSION,
	OPTION_USER,
	OPTION_PASSWORD,
	OPTION_POLICY,
	OPTION_HOST,
	OPTION_PORT,
	OPTION_TLS_CERT,
	OPTION_TLS_KEY,
	OPTION_TLS_ANONYMOUS,
	OPTION_TLS_PORT,
	OPTION_REST,
	OPTION_REST_TLS,
	OPTION_LATENCY,
	OPTION_SEED,
	OPTION_ROWS_MAX,
	OPTION_BARE,
	OPTION_CONTROL,
	OPTION_PORTS_FILE,
	OPTION_RUN,
	OPTION_DIE,
	OPTION_HELP,
};

static const struct option options_known[] = {
	{ "routers", required_argument, NULL, OPTION_ROUTERS },
	{ "name", required_argument, NULL, OPTION_NAME },
	{ "version", required_argument, NULL, OPTION_VERSION },
	{ "user", required_argument, NULL, OPTION_USER },
	{ "password", required_argument, NULL, OPTION_PASSWORD },
	{ "policy", required_argument, NULL, OPTION_POLICY },
	{ "host", required_argument, NULL, OPTION_HOST },
	{ "port", required_argument, NULL, OPTION_PORT },
	{ "tls-cert", required_argument, NULL, OPTION_TLS_CERT },
	{ "tls-key", required_argument, NULL, OPTION_TLS_KEY },
	{ "tls-anonymous", no_argument, NULL, OPTION_TLS_ANONYMOUS },
	{ "tls-port", required_argument, NULL, OPTION_TLS_PORT },
	{ "rest", required_argument, NULL, OPTION_REST },
	{ "rest-tls", required_argument, NULL, OPTION_REST_TLS },
	{ "latency", required_argument, NULL, OPTION_LATENCY },
	{ "seed", required_argument, NULL, OPTION_SEED },
	{ "rows-max", required_argument, NULL, OPTION_ROWS_MAX },
	{ "bare", no_argument, NULL, OPTION_BARE },
	{ "control", required_argument, NULL, OPTION_CONTROL },
	{ "ports-file", required_argument, NULL, OPTION_PORTS_FILE },
	{ "run", required_argument, NULL, OPTION_RUN },
	{ "die-with-parent", no_argument, NULL, OPTION_DIE },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool number_take(const char *text, long long *out)
{
	char *end;

	*out = strtoll(text, &end, 10);
	if (*text != '\0' && *end == '\0' && *out >= 0)
		return true;
	fprintf(stderr, "world-router: '%s' is not a number\n", text);
	return false;
}

static bool number_option(struct farm_options *options, int code, const char *text)
{
	long long number;

	if (!number_take(text, &number))
		return false;
	if (code == OPTION_ROUTERS)
		options->routers = (size_t)number;
	else if (code == OPTION_PORT)
		options->ports[FARM_DOOR_API] = (int)number;
	else if (code == OPTION_TLS_PORT)
		options->ports[FARM_DOOR_API_TLS] = (int)number;
	else if (code == OPTION_REST)
		options->ports[FARM_DOOR_REST] = (int)number;
	else if (code == OPTION_REST_TLS)
		options->ports[FARM_DOOR_REST_TLS] = (int)number;
	else if (code == OPTION_LATENCY)
		options->router.latency_us = number * 1000;
	else if (code == OPTION_SEED)
		options->router.seed = (uint64_t)number;
	else if (code == OPTION_ROWS_MAX)
		options->router.rows_max = (size_t)number;
	else
		options->control = (int)number;
	return true;
}

/* A password on a command line can be read by all; these are test passwords. */
static bool text_option(struct farm_options *options, int code, const char *text)
{
	switch (code) {
	case OPTION_NAME:
		options->name = text;
		return true;
	case OPTION_VERSION:
		options->version = text;
		return true;
	case OPTION_USER:
		options->router.user = text;
		return true;
	case OPTION_PASSWORD:
		options->router.password = text;
		return true;
	case OPTION_POLICY:
		options->router.policy = text;
		return true;
	case OPTION_HOST:
		options->host = text;
		return true;
	case OPTION_TLS_CERT:
		options->tls_cert = text;
		return true;
	case OPTION_TLS_KEY:
		options->tls_key = text;
		return true;
	case OPTION_PORTS_FILE:
		options->ports_file = text;
		return true;
	case OPTION_RUN:
		options->run_file = text;
		return true;
	default:
		return false;
	}
}

static bool options_read(struct farm_options *options, int argc, char **argv)
{
	int code;

	while ((code = getopt_long(argc, argv, "", options_known, NULL)) != -1) {
		if (code == OPTION_HELP) {
			usage(stdout);
			exit(0);
		}
		if (code == OPTION_TLS_ANONYMOUS)
			options->tls_anonymous = true;
		else if (code == OPTION_BARE)
			options->router.bare = true;
		else if (code == OPTION_DIE)
			prctl(PR_SET_PDEATHSIG, SIGTERM);
		else if (code == '?' || (!text_option(options, code, optarg) &&
					 !number_option(options, code, optarg)))
			return false;
	}
	if (optind < argc || (options->tls_cert == NULL) != (options->tls_key == NULL) ||
	    (options->ports[FARM_DOOR_REST_TLS] >= 0 && options->tls_cert == NULL &&
	     !options->tls_anonymous)) {
		usage(stderr);
		return false;
	}
	return true;
}

/* Written beside and renamed, so that whoever waits for the file reads all of it. */
static bool ports_write(const struct farm *farm)
{
	const char *path = farm->options.ports_file;
	struct farm_text text = { NULL, 0, 0 }, other = { NULL, 0, 0 };
	bool is_good = true;
	FILE *file;

	farm_ports_print(farm, &text);
	if (path != NULL) {
		farm_text_print(&other, "%s.new", path);
		file = fopen(other.bytes, "w");
		is_good = file != NULL && fprintf(file, "%s\n", text.bytes) > 0;
		if (file != NULL)
			is_good = fclose(file) == 0 && is_good;
		is_good = is_good && rename(other.bytes, path) == 0;
		if (!is_good)
			perror(path);
	}
	printf("%s\nready\n", text.bytes);
	fflush(stdout);
	farm_text_done(&text);
	farm_text_done(&other);
	return is_good;
}

static bool file_run(struct farm *farm)
{
	struct farm_text answer = { NULL, 0, 0 };
	char line[8192];
	bool is_good = true;
	FILE *file;

	if (farm->options.run_file == NULL)
		return true;
	file = fopen(farm->options.run_file, "r");
	if (file == NULL) {
		perror(farm->options.run_file);
		return false;
	}
	while (is_good && fgets(line, sizeof(line), file) != NULL) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		answer.size = 0;
		farm_command(farm, line, strcspn(line, "\n"), &answer);
		if (strstr(answer.bytes, "\"ok\":false") != NULL) {
			fprintf(stderr, "%s%s", line, answer.bytes);
			is_good = false;
		}
	}
	fclose(file);
	farm_text_done(&answer);
	return is_good;
}

int main(int argc, char **argv)
{
	struct farm_options options = { .routers = 1,
					.name = "router",
					.version = "7.16.2",
					.host = "127.0.0.1",
					.ports = { 0, 0, -1, -1 },
					.control = -1,
					.router = { .seed = 1 } };
	struct sigaction action = { .sa_handler = stop };
	struct rlimit files;
	struct farm farm;
	bool is_good;

	if (!options_read(&options, argc, argv))
		return 64;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	is_good = farm_open(&farm, &options) && file_run(&farm) && ports_write(&farm);
	if (is_good)
		farm_run(&farm, &stops);
	farm_close(&farm);
	return is_good ? 0 : 1;
}
