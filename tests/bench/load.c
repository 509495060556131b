/*
 * Load for the webhook: N kept-alive connections, each sends the next M-PESA confirmation when the
 * last was answered; every one has a receipt of its own. One thread, epoll.
 *
 *	bench_load PORT PATH CONNECTIONS SECONDS MOST PREFIX [ACCOUNTS]
 *
 * Without ACCOUNTS nobody knows the payers; with it ("KN-") the price of a month goes to KN-00000,
 * KN-00001 … Ends after SECONDS or MOST answers (0: no limit) and prints one JSON object: answers
 * of status 200, others, what was in flight at the end, seconds, latencies. It never judges.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

#define CONNECTIONS_MAX 1024u
#define REQUEST_SIZE 2048
#define ANSWER_SIZE 4096
#define LATENCIES_MAX (4u << 20)
#define EVENTS_MAX 256
#define TICK_MS 100

struct client {
	int fd;
	int64_t sent_at;
	char answer[ANSWER_SIZE];
	size_t size;
};

struct load {
	uint16_t port;
	const char *path, *prefix, *accounts;
	uint32_t connections;
	uint64_t most, sent, acks, other, reconnects;
	int epoll;
	uint32_t *latencies_us;
	struct client clients[CONNECTIONS_MAX];
};

static void client_send(struct load *load, struct client *client)
{
	char body[REQUEST_SIZE / 2], request[REQUEST_SIZE], reference[48] = "nobody";
	int body_size, size;

	if (load->accounts != NULL)
		(void)snprintf(reference, sizeof(reference), "%s%05llu", load->accounts,
			       (unsigned long long)load->sent);
	load->sent++;
	body_size = snprintf(body, sizeof(body),
			     "{\"TransactionType\":\"Pay Bill\",\"TransID\":\"%s%08llu\","
			     "\"TransTime\":\"20261120121325\",\"TransAmount\":\"%s\","
			     "\"BusinessShortCode\":\"600638\",\"BillRefNumber\":\"%s\","
			     "\"InvoiceNumber\":\"\",\"OrgAccountBalance\":\"49197.00\","
			     "\"ThirdPartyTransID\":\"\",\"MSISDN\":\"2547 ***** 126\","
			     "\"FirstName\":\"JANE\",\"MiddleName\":\"\",\"LastName\":\"\"}",
			     load->prefix, (unsigned long long)load->sent,
			     load->accounts != NULL ? "2500.00" : "10.00", reference);
	size = snprintf(request, sizeof(request),
			"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
			"Content-Length: %d\r\n\r\n%s",
			load->path, body_size, body);
	invariant(body_size > 0 && (size_t)body_size < sizeof(body) && size > 0 &&
		  (size_t)size < sizeof(request));
	client->size = 0;
	client->sent_at = clock_monotonic();
	/* Small enough for an empty socket buffer: all of it goes at once. */
	if (send(client->fd, request, (size_t)size, MSG_NOSIGNAL) != size)
		fatal("a request cannot be sent: %s", strerror(errno));
}

static void client_open(struct load *load, struct client *client)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(load->port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
	int one = 1;

	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 ||
	    connect(client->fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
	    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0 ||
	    epoll_ctl(load->epoll, EPOLL_CTL_ADD, client->fd, &event) != 0)
		fatal("a connection cannot be opened: %s", strerror(errno));
}

/* Bytes of the whole answer, 0 while more must come. */
static size_t answer_size(const struct client *client)
{
	static const char length[] = "Content-Length: ";
	const char *end = memmem(client->answer, client->size, "\r\n\r\n", 4);
	const char *at;
	struct text digits;
	uint64_t body = 0;
	size_t head;

	if (end == NULL)
		return 0;
	head = (size_t)(end - client->answer) + 4;
	at = memmem(client->answer, head, length, sizeof(length) - 1);
	invariant(at != NULL);
	at += sizeof(length) - 1;
	digits = (struct text){ at, (uint32_t)strcspn(at, "\r") };
	invariant(text_u64(digits, &body) && head + body < ANSWER_SIZE);
	return client->size >= head + body ? head + (size_t)body : 0;
}

static void count_answer(struct load *load, const struct client *client)
{
	static const char good[] = "HTTP/1.1 200 ";

	if (memcmp(client->answer, good, sizeof(good) - 1) != 0) {
		load->other++;
		return;
	}
	if (load->acks < LATENCIES_MAX)
		load->latencies_us[load->acks] = (uint32_t)(clock_monotonic() - client->sent_at);
	load->acks++;
}

/* The server ended the line (or never answered on it): another one, and the same again is not sent,
 * for whether it was kept is not known. */
static void client_again(struct load *load, struct client *client)
{
	(void)close(client->fd);
	load->reconnects++;
	client_open(load, client);
}

static bool has_enough(const struct load *load)
{
	return load->most > 0 && load->sent >= load->most;
}

static void client_read(struct load *load, struct client *client)
{
	ssize_t got = recv(client->fd, client->answer + client->size,
			   ANSWER_SIZE - 1 - client->size, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		if (client->sent_at != 0)
			load->other++;
		client->sent_at = 0;
		if (has_enough(load)) {
			(void)close(client->fd);
			return;
		}
		client_again(load, client);
		client_send(load, client);
		return;
	}
	client->size += (size_t)got;
	client->answer[client->size] = '\0';
	if (answer_size(client) == 0)
		return;
	count_answer(load, client);
	client->sent_at = 0;
	if (!has_enough(load))
		client_send(load, client);
}

static bool is_over(const struct load *load, int64_t ends_at)
{
	return clock_monotonic() >= ends_at ||
	       (load->most > 0 && load->acks + load->other >= load->most);
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static double rank_ms(const struct load *load, uint64_t per_mille)
{
	uint64_t count = load->acks < LATENCIES_MAX ? load->acks : LATENCIES_MAX;

	return count == 0 ? 0 : load->latencies_us[(count - 1) * per_mille / 1000] / 1000.0;
}

static void report(struct load *load, int64_t wall_us)
{
	uint64_t count = load->acks < LATENCIES_MAX ? load->acks : LATENCIES_MAX;

	qsort(load->latencies_us, count, sizeof(uint32_t), compare);
	printf("{\"acks\":%llu,\"other\":%llu,\"in_flight\":%llu,\"reconnects\":%llu,"
	       "\"wall_s\":%.6f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f}\n",
	       (unsigned long long)load->acks, (unsigned long long)load->other,
	       (unsigned long long)(load->sent - load->acks - load->other),
	       (unsigned long long)load->reconnects, (double)wall_us / 1e6, rank_ms(load, 500),
	       rank_ms(load, 990), rank_ms(load, 999));
}

static void run(struct load *load, int64_t begin_at, int64_t seconds)
{
	struct epoll_event events[EVENTS_MAX];

	for (uint32_t i = 0; i < load->connections; i++) {
		client_open(load, &load->clients[i]);
		if (!has_enough(load))
			client_send(load, &load->clients[i]);
	}
	while (!is_over(load, begin_at + seconds * SECOND_US)) {
		int count = epoll_wait(load->epoll, events, EVENTS_MAX, TICK_MS);

		for (int i = 0; i < count; i++)
			client_read(load, events[i].data.ptr);
	}
}

int main(int argc, char **argv)
{
	static struct load load;
	uint64_t port, connections, seconds;
	int64_t begin_at;

	if (argc < 7 || argc > 8 || !text_u64(text_of(argv[1]), &port) || port > UINT16_MAX ||
	    !text_u64(text_of(argv[3]), &connections) || connections > CONNECTIONS_MAX ||
	    !text_u64(text_of(argv[4]), &seconds) || seconds > 3600 ||
	    !text_u64(text_of(argv[5]), &load.most)) {
		fputs("usage: bench_load PORT PATH CONNECTIONS SECONDS MOST PREFIX [ACCOUNTS]\n",
		      stderr);
		return 64;
	}
	load.port = (uint16_t)port;
	load.path = argv[2];
	load.connections = (uint32_t)connections;
	load.prefix = argv[6];
	load.accounts = argv[7];
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	load.latencies_us = calloc(LATENCIES_MAX, sizeof(uint32_t));
	invariant(load.epoll >= 0 && load.latencies_us != NULL);
	begin_at = clock_monotonic();
	run(&load, begin_at, (int64_t)seconds);
	report(&load, clock_monotonic() - begin_at);
	free(load.latencies_us);
	return 0;
}
