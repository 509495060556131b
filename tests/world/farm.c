/* The sockets of the farm: listeners, lines, control clients, one epoll. */
#include "world/farm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 200             /* timeouts and CPEs are looked at so often */
#define END_US INT64_C(2000000) /* how long the peer's end of a closed line is awaited */
#define EVENTS 128

int64_t farm_now(const struct farm *farm)
{
	struct timespec now;

	/* The world has a clock of its own: base/ is not for the witness. */
	timespec_get(&now, TIME_UTC);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 + farm->shift_us;
}

/* ---- sockets --------------------------------------------------------------------------------- */

static int listener_open(const char *host, int port, int *bound)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	memset(&address, 0, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_port = htons((uint16_t)port);
	if (fd < 0 || inet_pton(AF_INET, host, &address.sin_addr) != 1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, 512) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*bound = ntohs(address.sin_port);
	return fd;
}

static void source_watch(struct farm *farm, struct farm_source *source, uint32_t events, int how)
{
	struct epoll_event event = { .events = events, .data = { .ptr = source } };

	if (epoll_ctl(farm->epoll, how, source->fd, &event) != 0) {
		perror("epoll_ctl");
		exit(1);
	}
}

static bool source_listen(struct farm *farm, struct farm_source *source, enum farm_what what,
			  int *port)
{
	source->what = what;
	source->fd = listener_open(farm->options.host, *port, port);
	if (source->fd < 0)
		return false;
	source_watch(farm, source, EPOLLIN, EPOLL_CTL_ADD);
	return true;
}

static bool door_is_wanted(const struct farm *farm, int door)
{
	bool has_tls = door == FARM_DOOR_API_TLS || door == FARM_DOOR_REST_TLS;

	return farm->options.ports[door] >= 0 && (!has_tls || farm->tls != NULL);
}

void farm_ports_adjust(struct farm_router *router)
{
	bool open = ros_is_up(router->ros) && !router->refuses;

	for (int door = 0; door < FARM_DOOR_COUNT; door++) {
		struct farm_source *source = &router->doors[door];

		if (!door_is_wanted(router->farm, door))
			continue;
		if (!open && source->fd >= 0) {
			close(source->fd);
			source->fd = -1;
		} else if (open && source->fd < 0) {
			/* Tried again at the next tick when it fails. */
			source_listen(router->farm, source,
				      (enum farm_what)(FARM_LISTENER + door),
				      &router->ports[door]);
		}
	}
}

/* A reset is what a client feels of a refused one that was accepted before we knew. */
static void socket_reset(int fd)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void line_close(struct farm_line *line, bool by_reset)
{
	if (line->is_dead)
		return;
	if (line->tls != NULL)
		SSL_free(line->tls);
	if (by_reset)
		socket_reset(line->source.fd);
	else
		close(line->source.fd);
	ros_session_close(line->session);
	line->is_dead = true;
}

static void line_accept(struct farm *farm, struct farm_router *router,
			const struct farm_source *listener)
{
	bool has_tls = listener->what == FARM_TLS_LISTENER ||
		       listener->what == FARM_REST_TLS_LISTENER;
	bool has_rest = listener->what == FARM_REST_LISTENER ||
			listener->what == FARM_REST_TLS_LISTENER;
	int one = 1;

	for (;;) {
		int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		struct ros_session *session;
		struct farm_line *line;

		if (fd < 0)
			return;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		session = has_rest ? ros_session_open_rest(router->ros, has_tls)
				   : ros_session_open(router->ros);
		if (session == NULL) {
			socket_reset(fd);
			continue;
		}
		line = calloc(1, sizeof(*line));
		if (line == NULL)
			abort();
		line->source = (struct farm_source){ FARM_LINE, fd };
		line->router = router;
		line->session = session;
		if (has_tls) {
			line->tls = SSL_new(farm->tls);
			SSL_set_fd(line->tls, fd);
			SSL_set_accept_state(line->tls);
		}
		line->next = farm->lines;
		farm->lines = line;
		source_watch(farm, &line->source, EPOLLIN, EPOLL_CTL_ADD);
	}
}

static void line_watch(struct farm *farm, struct farm_line *line, bool wants_out)
{
	if (line->is_dead || wants_out == line->wants_out)
		return;
	line->wants_out = wants_out;
	source_watch(farm, &line->source, wants_out ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
}

/* 1 … bytes, 0 end, -1 later, -2 broken. */
static ssize_t line_read(struct farm_line *line, char *bytes, size_t size)
{
	int got;

	if (line->tls == NULL) {
		ssize_t count = recv(line->source.fd, bytes, size, 0);

		if (count >= 0)
			return count;
		return errno == EAGAIN || errno == EINTR ? -1 : -2;
	}
	got = SSL_read(line->tls, bytes, (int)size);
	if (got > 0)
		return got;
	switch (SSL_get_error(line->tls, got)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return -1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		ERR_clear_error();
		return -2;
	}
}

static ssize_t line_write(struct farm_line *line, const char *bytes, size_t size)
{
	int put;

	if (line->tls == NULL) {
		ssize_t count = send(line->source.fd, bytes, size, MSG_NOSIGNAL);

		if (count >= 0)
			return count;
		return errno == EAGAIN || errno == EINTR ? -1 : -2;
	}
	put = SSL_write(line->tls, bytes, (int)(size > 1 << 20 ? 1 << 20 : size));
	if (put > 0)
		return put;
	switch (SSL_get_error(line->tls, put)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return -1;
	default:
		ERR_clear_error();
		return -2;
	}
}

/* An end that is felt as an end: without a reset for bytes that we never read. */
static void line_finish(struct farm_line *line)
{
	if (line->is_ending)
		return;
	if (line->tls != NULL)
		SSL_shutdown(line->tls);
	shutdown(line->source.fd, SHUT_WR);
	line->is_ending = true;
	line->ends_at = farm_now(line->router->farm) + END_US;
}

/* Sends what is released, and lets the line feel what the router wants it to feel. */
static void line_flush(struct farm *farm, struct farm_line *line)
{
	const char *bytes;
	size_t size;

	while (!line->is_dead && (size = ros_session_output(line->session, &bytes)) > 0) {
		ssize_t put = line_write(line, bytes, size);

		if (put == -1) {
			line_watch(farm, line, true);
			return;
		}
		if (put < 0) {
			line_close(line, false);
			return;
		}
		ros_session_consume(line->session, (size_t)put);
	}
	if (line->is_dead)
		return;
	line_watch(farm, line, false);
	if (!ros_session_is_closed(line->session))
		return;
	if (ros_session_line(line->session) == ROS_LINE_RESET)
		line_close(line, true);
	else
		line_finish(line);
}

static void line_input(struct farm *farm, struct farm_line *line)
{
	static char bytes[65536];
	int one = 1;

	for (;;) {
		ssize_t got = line_read(line, bytes, sizeof(bytes));

		if (got == -1)
			break;
		if (got <= 0) {
			line_close(line, false);
			return;
		}
		/* No delayed ACK: latency is ours alone to add. */
		setsockopt(line->source.fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one));
		if (!line->is_ending) {
			ros_session_input(line->session, bytes, (size_t)got);
			line_flush(farm, line);
		}
		if (line->is_dead)
			return;
	}
	line_flush(farm, line);
}

/* ---- control --------------------------------------------------------------------------------- */

static void control_accept(struct farm *farm)
{
	int one = 1;

	for (;;) {
		int fd = accept4(farm->control_listener.fd, NULL, NULL,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);
		struct farm_control *control;

		if (fd < 0)
			return;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		control = calloc(1, sizeof(*control));
		if (control == NULL)
			abort();
		control->source = (struct farm_source){ FARM_CONTROL, fd };
		control->next = farm->controls;
		farm->controls = control;
		source_watch(farm, &control->source, EPOLLIN, EPOLL_CTL_ADD);
	}
}

static void control_flush(struct farm *farm, struct farm_control *control)
{
	size_t sent = 0;

	while (sent < control->out.size) {
		ssize_t put = send(control->source.fd, control->out.bytes + sent,
				   control->out.size - sent, MSG_NOSIGNAL);

		if (put < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (put < 0) {
			control->is_dead = true;
			return;
		}
		sent += (size_t)put;
	}
	memmove(control->out.bytes, control->out.bytes + sent, control->out.size - sent);
	control->out.size -= sent;
	source_watch(farm, &control->source, control->out.size > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN,
		     EPOLL_CTL_MOD);
}

static void control_input(struct farm *farm, struct farm_control *control)
{
	char bytes[16384];
	size_t start = 0;
	ssize_t got;

	while ((got = recv(control->source.fd, bytes, sizeof(bytes), 0)) > 0)
		farm_text_add(&control->in, bytes, (size_t)got);
	if (got == 0 || (errno != EAGAIN && errno != EINTR))
		control->is_dead = true;
	for (size_t i = 0; i < control->in.size; i++) {
		if (control->in.bytes[i] != '\n')
			continue;
		farm_advance(farm);
		farm_command(farm, control->in.bytes + start, i - start, &control->out);
		start = i + 1;
	}
	if (start > 0) {
		memmove(control->in.bytes, control->in.bytes + start, control->in.size - start);
		control->in.size -= start;
	}
	if (control->out.size > 0 && !control->is_dead)
		control_flush(farm, control);
}

/* ---- the loop -------------------------------------------------------------------------------- */

void farm_advance(struct farm *farm)
{
	int64_t now = farm_now(farm);

	for (size_t i = 0; i < farm->router_count; i++)
		ros_set_now(farm->routers[i].ros, now);
}

static void dead_bury(struct farm *farm)
{
	struct farm_line **line = &farm->lines;
	struct farm_control **control = &farm->controls;

	while (*line != NULL) {
		struct farm_line *one = *line;

		if (!one->is_dead) {
			line = &one->next;
			continue;
		}
		*line = one->next;
		free(one);
	}
	while (*control != NULL) {
		struct farm_control *one = *control;

		if (!one->is_dead) {
			control = &one->next;
			continue;
		}
		*control = one->next;
		close(one->source.fd);
		farm_text_done(&one->in);
		farm_text_done(&one->out);
		free(one);
	}
}

static void event_take(struct farm *farm, struct farm_source *source, uint32_t events)
{
	/* The listeners lie in their router, the clients begin with their source. */
	struct farm_router *router = NULL;

	for (size_t i = 0; source->what <= FARM_REST_TLS_LISTENER && i < farm->router_count; i++)
		if (source >= farm->routers[i].doors &&
		    source < farm->routers[i].doors + FARM_DOOR_COUNT)
			router = &farm->routers[i];
	switch (source->what) {
	case FARM_LISTENER:
	case FARM_TLS_LISTENER:
	case FARM_REST_LISTENER:
	case FARM_REST_TLS_LISTENER:
		if (source->fd >= 0)
			line_accept(farm, router, source);
		return;
	case FARM_CONTROL_LISTENER:
		control_accept(farm);
		return;
	case FARM_LINE:
		if (((struct farm_line *)source)->is_dead)
			return;
		if ((events & EPOLLOUT) != 0)
			line_flush(farm, (struct farm_line *)source);
		if (!((struct farm_line *)source)->is_dead)
			line_input(farm, (struct farm_line *)source);
		return;
	case FARM_CONTROL:
		if ((events & EPOLLOUT) != 0)
			control_flush(farm, (struct farm_control *)source);
		control_input(farm, (struct farm_control *)source);
		return;
	}
}

/* Milliseconds until something has to be said. */
static int farm_wait_ms(const struct farm *farm)
{
	int64_t now = farm_now(farm);
	int64_t at = now + TICK_MS * 1000;

	for (const struct farm_line *line = farm->lines; line != NULL; line = line->next) {
		int64_t release_at = ros_session_release_at(line->session);

		if (release_at < at)
			at = release_at;
	}
	return at <= now ? 0 : (int)((at - now + 999) / 1000);
}

void farm_run(struct farm *farm, volatile int *stops)
{
	struct epoll_event events[EVENTS];

	while (!farm->stops && !*stops) {
		int count = epoll_wait(farm->epoll, events, EVENTS, farm_wait_ms(farm));

		farm_advance(farm);
		for (int i = 0; i < count; i++)
			event_take(farm, events[i].data.ptr, events[i].events);
		for (struct farm_line *line = farm->lines; line != NULL; line = line->next) {
			if (!line->is_dead && !line->is_ending)
				line_flush(farm, line);
			if (!line->is_dead && line->is_ending && farm_now(farm) > line->ends_at)
				line_close(line, false);
		}
		for (size_t i = 0; i < farm->router_count; i++)
			farm_ports_adjust(&farm->routers[i]);
		dead_bury(farm);
	}
}

/* ---- opening and closing --------------------------------------------------------------------- */

static bool tls_open(struct farm *farm)
{
	const struct farm_options *options = &farm->options;
	bool is_good;

	if (options->tls_cert == NULL && !options->tls_anonymous)
		return true;
	farm->tls = SSL_CTX_new(TLS_server_method());
	SSL_CTX_set_mode(farm->tls,
			 SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (options->tls_anonymous) {
		/* Without a certificate the router offers only anonymous Diffie-Hellman (§1.6). */
		is_good = SSL_CTX_set_max_proto_version(farm->tls, TLS1_2_VERSION) == 1 &&
			  SSL_CTX_set_cipher_list(farm->tls, "ADH:@SECLEVEL=0") == 1 &&
			  SSL_CTX_set_dh_auto(farm->tls, 1) == 1;
	} else {
		is_good = SSL_CTX_use_certificate_chain_file(farm->tls, options->tls_cert) == 1 &&
			  SSL_CTX_use_PrivateKey_file(farm->tls, options->tls_key,
						      SSL_FILETYPE_PEM) == 1;
	}
	if (!is_good)
		ERR_print_errors_fp(stderr);
	return is_good;
}

/* The nth of the versions that are separated by commas, going round. */
static char *version_pick(const char *list, size_t index)
{
	size_t count = 1;
	const char *start = list;
	size_t size;
	char *copy;

	for (const char *at = list; *at != '\0'; at++)
		count += *at == ',';
	for (size_t skip = index % count; skip > 0; skip--)
		start = strchr(start, ',') + 1;
	size = strcspn(start, ",");
	copy = calloc(1, size + 1);
	if (copy == NULL)
		abort();
	memcpy(copy, start, size);
	return copy;
}

static bool router_open(struct farm *farm, size_t index)
{
	struct farm_router *router = &farm->routers[index];
	struct ros_options options = farm->options.router;

	snprintf(router->name, sizeof(router->name), "%s%zu", farm->options.name, index + 1);
	router->farm = farm;
	router->version = version_pick(farm->options.version, index);
	options.version = router->version;
	options.identity = router->name;
	options.now_at = farm_now(farm);
	options.seed += index;
	router->ros = ros_new(&options);
	for (int door = 0; door < FARM_DOOR_COUNT; door++) {
		int first = farm->options.ports[door];

		router->doors[door].fd = -1;
		router->ports[door] = first <= 0 ? 0 : first + (int)index;
	}
	farm_ports_adjust(router);
	for (int door = 0; door < FARM_DOOR_COUNT; door++) {
		if (!door_is_wanted(farm, door) || router->doors[door].fd >= 0)
			continue;
		fprintf(stderr, "world-router: cannot listen on %s port %d: %s\n",
			farm->options.host, router->ports[door], strerror(errno));
		return false;
	}
	return true;
}

bool farm_open(struct farm *farm, const struct farm_options *options)
{
	memset(farm, 0, sizeof(*farm));
	farm->options = *options;
	farm->control_listener.fd = -1;
	farm->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (farm->epoll < 0 || !tls_open(farm))
		return false;
	farm->routers = calloc(options->routers, sizeof(*farm->routers));
	if (farm->routers == NULL)
		abort();
	for (size_t i = 0; i < options->routers; i++) {
		farm->router_count = i + 1;
		if (!router_open(farm, i))
			return false;
	}
	farm->control_port = options->control;
	if (options->control >= 0 && !source_listen(farm, &farm->control_listener,
						    FARM_CONTROL_LISTENER, &farm->control_port)) {
		perror("world-router: control port");
		return false;
	}
	return true;
}

void farm_close(struct farm *farm)
{
	for (struct farm_line *line = farm->lines; line != NULL; line = line->next)
		line_close(line, false);
	for (struct farm_control *one = farm->controls; one != NULL; one = one->next)
		one->is_dead = true;
	dead_bury(farm);
	for (size_t i = 0; i < farm->router_count; i++) {
		struct farm_router *router = &farm->routers[i];

		for (int door = 0; router->ros != NULL && door < FARM_DOOR_COUNT; door++)
			if (router->doors[door].fd >= 0)
				close(router->doors[door].fd);
		ros_free(router->ros);
		free(router->version);
	}
	if (farm->control_listener.fd >= 0)
		close(farm->control_listener.fd);
	if (farm->epoll >= 0)
		close(farm->epoll);
	SSL_CTX_free(farm->tls);
	free(farm->routers);
}
