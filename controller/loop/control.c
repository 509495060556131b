#include "loop/control.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/thread.h"
#include "loop/control_wire.h"
#include "loop/engine_inside.h"

#define HANDLERS_MAX 8
#define CONTROL_ARENA_SIZE                                                     \
	((size_t)8 << 30) /* the documents of a whole fleet; touched as needed \
			   */
#define REQUEST_S_MAX 10  /* a peer that says nothing for so long is cut off */

/* One request in hand. */
struct handler {
	struct control *control;
	pthread_t thread;
	int fd;
	bool used, ended;
};

struct control {
	struct engine *engine;
	int listen_fd, stop_fd;
	pthread_t thread;
	pthread_mutex_t lock;
	struct handler handlers[HANDLERS_MAX];
};

struct text control_actor(uint32_t uid, struct arena *arena)
{
	struct passwd entry, *found = NULL;
	char bytes[4096];

	if (getpwuid_r(uid, &entry, bytes, sizeof(bytes), &found) == 0 && found != NULL)
		return text_copy(arena, text_of(entry.pw_name));
	return text_format(arena, "uid %u", uid);
}

/* ---- the asking side ------------------------------------------------------------------------- */

static bool ask(struct control_answer *out, int fd, const struct control_request *request,
		struct arena *arena, struct error *error)
{
	uint32_t count = request->argument_count + 2;
	struct text *texts = ARENA_ARRAY(arena, struct text, count), *answer;
	int64_t exit_code;

	texts[0] = request->command;
	texts[1] = request->tenant;
	for (uint32_t i = 0; i < request->argument_count; i++)
		texts[i + 2] = request->arguments[i];
	if (!wire_send(fd, texts, count, error) || !wire_receive(fd, &answer, &count, arena, error))
		return false;
	if (count != 4 || !text_i64(answer[0], &exit_code))
		return error_set(error, ERROR_FAILED, "the controller's answer makes no sense");
	*out = (struct control_answer){ (int)exit_code, answer[1], answer[2], answer[3] };
	return true;
}

bool control_call(struct control_answer *out, bool *absent, struct text state_folder,
		  const struct control_request *request, struct arena *arena, struct error *error)
{
	int fd = wire_connect(state_folder, absent, error);
	bool answered;

	if (fd < 0)
		return false;
	answered = ask(out, fd, request, arena, error);
	(void)close(fd);
	return answered;
}

/* ---- the answering side ---------------------------------------------------------------------- */

static void answer(struct handler *handler, struct arena *arena)
{
	struct control_answer said = { 0 };
	struct control_request request;
	struct error error = { 0 };
	struct text *texts, reply[4];
	uint32_t count, uid;

	if (!wire_peer(handler->fd, &uid)) {
		log_line(LOG_WARNING, "control-refused", "uid=%u", uid);
		return;
	}
	if (!wire_receive(handler->fd, &texts, &count, arena, &error) || count < 2)
		return;
	request = (struct control_request){ .command = texts[0],
					    .tenant = texts[1],
					    .actor = control_actor(uid, arena),
					    .arguments = texts + 2,
					    .argument_count = count - 2 };
	if (!control_do(&said, handler->control->engine, &request, arena, &error)) {
		seat_store_failed(&error);
		said = (struct control_answer){
			.exit_code = error_disposition(error.code)->exit_code,
			.message = text_copy(arena, text_of(error.text)),
		};
	}
	reply[0] = text_format(arena, "%d", said.exit_code);
	reply[1] = said.message;
	reply[2] = said.shape;
	reply[3] = said.json;
	if (!wire_send(handler->fd, reply, 4, &error))
		log_line(LOG_INFO, "control-unheard", "command=%.*s", TEXT_ARG(request.command));
}

static void *handler_run(void *context)
{
	struct handler *handler = context;
	struct timeval patience = { .tv_sec = REQUEST_S_MAX };
	struct arena arena = { 0 };

	arena_open(&arena, CONTROL_ARENA_SIZE);
	(void)setsockopt(handler->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	(void)setsockopt(handler->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	answer(handler, &arena);
	(void)close(handler->fd);
	arena_close(&arena);
	(void)pthread_mutex_lock(&handler->control->lock);
	handler->ended = true;
	(void)pthread_mutex_unlock(&handler->control->lock);
	return NULL;
}

/* A free place for one more request; what has ended is joined. NULL: all are in use. */
static struct handler *handler_free(struct control *control)
{
	for (uint32_t i = 0; i < HANDLERS_MAX; i++) {
		struct handler *handler = &control->handlers[i];
		bool ended;

		(void)pthread_mutex_lock(&control->lock);
		ended = handler->ended;
		(void)pthread_mutex_unlock(&control->lock);
		if (handler->used && ended) {
			(void)pthread_join(handler->thread, NULL);
			handler->used = false;
		}
		if (!handler->used)
			return handler;
	}
	return NULL;
}

static void take_one(struct control *control)
{
	int fd = accept4(control->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	struct handler *handler = fd >= 0 ? handler_free(control) : NULL;

	if (handler == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	*handler = (struct handler){ .control = control, .fd = fd, .used = true };
	thread_start(&handler->thread, handler_run, handler);
}

static void *control_run(void *context)
{
	struct control *control = context;
	struct pollfd polled[] = { { .fd = control->stop_fd, .events = POLLIN },
				   { .fd = control->listen_fd, .events = POLLIN } };

	for (;;) {
		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			break;
		if (polled[0].revents != 0)
			break;
		if (polled[1].revents != 0)
			take_one(control);
	}
	return NULL;
}

bool control_open(struct control **out, struct engine *engine, struct error *error)
{
	struct control *control = calloc(1, sizeof(*control));

	if (control == NULL)
		fatal("out of memory");
	*out = NULL;
	control->engine = engine;
	control->listen_fd = wire_listen(engine_settings(engine)->state, error);
	if (control->listen_fd < 0) {
		free(control);
		return false;
	}
	control->stop_fd = eventfd(0, EFD_CLOEXEC);
	invariant(pthread_mutex_init(&control->lock, NULL) == 0);
	thread_start(&control->thread, control_run, control);
	*out = control;
	return true;
}

void control_close(struct control *control)
{
	uint64_t one = 1;

	if (control == NULL)
		return;
	invariant(write(control->stop_fd, &one, sizeof(one)) == sizeof(one));
	(void)pthread_join(control->thread, NULL);
	for (uint32_t i = 0; i < HANDLERS_MAX; i++)
		if (control->handlers[i].used)
			(void)pthread_join(control->handlers[i].thread, NULL);
	(void)close(control->listen_fd);
	(void)close(control->stop_fd);
	(void)pthread_mutex_destroy(&control->lock);
	free(control);
}
