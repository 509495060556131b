/*
 * The ceiling that the webhook is measured against: the same HTTP library, the same SQLite schema
 *and durability, one fsync for all that wait, and nothing else: no address is looked at, no header
 *kept, nothing is judged or logged.
 *
 *	bench_street_control FOLDER THREADS
 *
 * Prints its port on a line, and ends when its standard input does.
 */
#include <civetweb.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "state/migrations.h"

#define BODY_SIZE 4096
#define IDLE_S 2

struct ticket {
	struct ticket *next;
	pthread_cond_t answered;
	int size;
	bool done;
	char body[BODY_SIZE];
};

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t work;
	struct ticket *first, **last;
	bool stopping;
	sqlite3 *db;
	sqlite3_stmt *insert;
} desk;

static void run_sql(const char *sql)
{
	if (sqlite3_exec(desk.db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fatal("%s", sqlite3_errmsg(desk.db));
}

static void open_store(const char *folder)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/control.inbox.db", folder);
	if (sqlite3_open(path, &desk.db) != SQLITE_OK)
		fatal("%s", path);
	run_sql(
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
	    " PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384");
	for (unsigned i = 0; i < migration_count; i++)
		if (strcmp(migrations[i].folder, "inbox") == 0)
			run_sql(migrations[i].sql);
	if (sqlite3_prepare_v2(
		desk.db,
		"INSERT INTO line (channel, provider, kind, received_at, source,"
		" headers, body, attempt) VALUES ('main', 'daraja', 'confirmation', ?,"
		" '127.0.0.1', x'', ?, 0)",
		-1, &desk.insert, NULL) != SQLITE_OK)
		fatal("%s", sqlite3_errmsg(desk.db));
}

static time_t time_s(void)
{
	return (time_t)(clock_now() / SECOND_US);
}

static struct ticket *take(void)
{
	struct ticket *first, *last;
	unsigned count = 1;

	(void)pthread_mutex_lock(&desk.mutex);
	while (desk.first == NULL && !desk.stopping) {
		struct timespec until = { time_s() + IDLE_S, 0 };

		/* As the webhook: a log that is copied when nobody waits is written over, not
		 * grown. */
		if (pthread_cond_timedwait(&desk.work, &desk.mutex, &until) != 0)
			(void)sqlite3_wal_checkpoint_v2(desk.db, NULL, SQLITE_CHECKPOINT_RESTART,
							NULL, NULL);
	}
	first = last = desk.first;
	for (; last != NULL && last->next != NULL && count < COMMIT_GROUP_MAX; count++)
		last = last->next;
	if (last != NULL) {
		desk.first = last->next;
		if (desk.first == NULL)
			desk.last = &desk.first;
		last->next = NULL;
	}
	(void)pthread_mutex_unlock(&desk.mutex);
	return first;
}

static void *write_groups(void *unused)
{
	struct ticket *group, *next;

	(void)unused;
	while ((group = take()) != NULL) {
		run_sql("BEGIN IMMEDIATE");
		for (struct ticket *ticket = group; ticket != NULL; ticket = ticket->next) {
			(void)sqlite3_bind_int64(desk.insert, 1, clock_now());
			(void)sqlite3_bind_blob(desk.insert, 2, ticket->body, ticket->size,
						SQLITE_STATIC);
			if (sqlite3_step(desk.insert) != SQLITE_DONE)
				fatal("%s", sqlite3_errmsg(desk.db));
			(void)sqlite3_reset(desk.insert);
		}
		run_sql("COMMIT");
		(void)pthread_mutex_lock(&desk.mutex);
		for (; group != NULL; group = next) {
			next = group->next;
			group->done = true;
			(void)pthread_cond_signal(&group->answered);
		}
		(void)pthread_mutex_unlock(&desk.mutex);
	}
	return NULL;
}

static int on_request(struct mg_connection *connection)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
				     "Content-Length: 44\r\n\r\n"
				     "{\"ResultCode\":0,\"ResultDesc\":\"Accepted now\"}\n";
	struct ticket ticket;

	ticket.next = NULL;
	ticket.done = false;
	ticket.size = mg_read(connection, ticket.body, sizeof(ticket.body));
	if (ticket.size < 0 || pthread_cond_init(&ticket.answered, NULL) != 0)
		return 500;
	(void)pthread_mutex_lock(&desk.mutex);
	*desk.last = &ticket;
	desk.last = &ticket.next;
	(void)pthread_cond_signal(&desk.work);
	while (!ticket.done)
		(void)pthread_cond_wait(&ticket.answered, &desk.mutex);
	(void)pthread_mutex_unlock(&desk.mutex);
	(void)pthread_cond_destroy(&ticket.answered);
	(void)mg_write(connection, answer, sizeof(answer) - 1);
	return 200;
}

int main(int argc, char **argv)
{
	struct mg_callbacks callbacks = { .begin_request = on_request };
	struct mg_server_port port;
	struct mg_context *context;
	pthread_t writer;
	char end;

	if (argc != 3) {
		fputs("usage: bench_street_control FOLDER THREADS\n", stderr);
		return 64;
	}
	const char *options[] = { "listening_ports",
				  "127.0.0.1:0",
				  "num_threads",
				  argv[2],
				  "enable_keep_alive",
				  "yes",
				  "keep_alive_timeout_ms",
				  "15000",
				  "tcp_nodelay",
				  "1",
				  "listen_backlog",
				  "512",
				  "connection_queue",
				  "256",
				  "max_request_size",
				  "16384",
				  "request_timeout_ms",
				  "10000",
				  "decode_url",
				  "no",
				  "enable_auth_domain_check",
				  "no",
				  "enable_directory_listing",
				  "no",
				  NULL };
	open_store(argv[1]);
	desk.last = &desk.first;
	if (pthread_mutex_init(&desk.mutex, NULL) != 0 ||
	    pthread_cond_init(&desk.work, NULL) != 0 ||
	    pthread_create(&writer, NULL, write_groups, NULL) != 0)
		fatal("no thread");
	context = mg_start(&callbacks, NULL, options);
	if (context == NULL || mg_get_server_ports(context, 1, &port) != 1)
		fatal("no listener");
	printf("%d\n", port.port);
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &end, 1) > 0)
		continue;
	mg_stop(context);
	(void)pthread_mutex_lock(&desk.mutex);
	desk.stopping = true;
	(void)pthread_cond_signal(&desk.work);
	(void)pthread_mutex_unlock(&desk.mutex);
	(void)pthread_join(writer, NULL);
	(void)sqlite3_finalize(desk.insert);
	(void)sqlite3_close(desk.db);
	return 0;
}
