#include "ros_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pipe {
	struct http http;
	struct ros *ros;
	struct ros_session *session;
	struct ros_http_options options;
	uint32_t *closes;
	int64_t now_at;
};

static bool fail(const struct http_reply *reply, struct error *error)
{
	if (reply->was_sent)
		return error_set(error, ERROR_UNKNOWN, "the line broke before the answer");
	return error_set(error, ERROR_UNREACHABLE, "cannot be reached");
}

static struct text encode64(struct arena *arena, struct text bytes)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = arena_take(arena, (size_t)bytes.size * 2 + 8);
	uint32_t size = 0;
	for (uint32_t i = 0; i < bytes.size; i += 3) {
		uint32_t held = 0;
		for (uint32_t j = 0; j < 3; j++)
			held = held << 8 |
			       (i + j < bytes.size ? (unsigned char)bytes.at[i + j] : 0u);
		for (uint32_t j = 0; j < 4; j++)
			out[size++] = i + j <= bytes.size ? digits[held >> (18 - 6 * j) & 63] : '=';
	}
	return (struct text){ out, size };
}

static struct text request_text(const struct http_call *call, struct arena *arena)
{
	struct text url = call->url;
	for (int slashes = 0; slashes < 3; url = text_from(url, 1))
		if (url.at[0] == '/' && ++slashes == 3)
			break;
	struct text login = text_format(arena, "%.*s:%.*s", TEXT_ARG(call->user),
					TEXT_ARG(secret_reveal(call->password)));
	struct text head = text_format(arena, "%s %.*s HTTP/1.1\r\nHost: router\r\n"
					      "Authorization: Basic %.*s\r\n",
				       call->method, TEXT_ARG(url),
				       TEXT_ARG(encode64(arena, login)));
	for (uint32_t i = 0; i < call->header_count; i++)
		head = text_format(arena, "%.*s%s: %.*s\r\n", TEXT_ARG(head), call->headers[i].name,
				   TEXT_ARG(call->headers[i].value));
	if (strcmp(call->method, "GET") != 0)
		head = text_format(arena, "%.*sContent-Length: %u\r\n", TEXT_ARG(head),
				   call->body.size);
	head = text_format(arena, "%.*s\r\n", TEXT_ARG(head));
	char *all = arena_take(arena, (size_t)head.size + call->body.size + 1);
	memcpy(all, head.at, head.size);
	if (call->body.size)
		memcpy(all + head.size, call->body.at, call->body.size);
	return (struct text){ all, head.size + call->body.size };
}

static void pipe_send(struct pipe *own, struct text bytes, struct http_reply *reply)
{
	while (bytes.size > 0) {
		uint32_t size = bytes.size;
		if (own->options.piece_max && size > own->options.piece_max)
			size = own->options.piece_max;
		if (ros_session_line(own->session) == ROS_LINE_OPEN)
			ros_session_input(own->session, bytes.at, size);
		reply->was_sent = true;
		reply->bytes_out += size;
		bytes = text_from(bytes, size);
	}
}

/* 1: whole; 0: more is needed. */
static int answer_read(struct text bytes, struct http_reply *reply)
{
	struct text all = bytes;
	uint64_t length = 0, status = 0;
	const char *end = memmem(bytes.at, bytes.size, "\r\n\r\n", 4);
	const char *mark = "Content-Length: ";
	if (!end)
		return 0;
	uint32_t head_size = (uint32_t)(end - bytes.at) + 4;
	const char *at = memmem(all.at, head_size, mark, strlen(mark));
	if (at) {
		struct text number = { at + strlen(mark), 0 };
		while (number.at[number.size] >= '0' && number.at[number.size] <= '9')
			number.size++;
		if (!text_u64(number, &length))
			abort();
	}
	if (bytes.size - head_size < length)
		return 0;
	if (!text_u64((struct text){ all.at + 9, 3 }, &status))
		abort();
	reply->status = (uint32_t)status;
	reply->body = (struct text){ end + 4, (uint32_t)length };
	return 1;
}

/* As a patient client: the router's time passes until it says something. */
static bool pipe_receive(struct pipe *own, const struct http_call *call, struct http_reply *reply,
			 struct arena *arena)
{
	uint32_t size = 0, room = 4096;
	char *bytes = arena_take(arena, room);
	int64_t until_at = own->now_at + (int64_t)call->timeout_ms * 1000;
	for (;;) {
		const char *output;
		if (ros_session_line(own->session) == ROS_LINE_RESET)
			return false;
		size_t there = ros_session_output(own->session, &output);
		if (there == 0) {
			int64_t at = ros_session_release_at(own->session);
			if (at == INT64_MAX || at > until_at)
				return false;
			own->now_at = at;
			ros_set_now(own->ros, at);
			continue;
		}
		if (own->options.piece_max && there > own->options.piece_max)
			there = own->options.piece_max;
		if (size + there > room) {
			bytes = arena_grow(arena, bytes, room, (room + there) * 2);
			room = (uint32_t)(room + there) * 2;
		}
		memcpy(bytes + size, output, there);
		size += (uint32_t)there;
		ros_session_consume(own->session, there);
		reply->bytes_in = size;
		if (answer_read((struct text){ bytes, size }, reply))
			return true;
	}
}

static void pipe_drop(struct pipe *own)
{
	if (own->session)
		ros_session_close(own->session);
	own->session = NULL;
}

static bool pipe_call(struct http *http, const struct http_call *call, struct http_reply *reply,
		      struct arena *arena, struct error *error)
{
	struct pipe *own = (struct pipe *)http;
	*reply = (struct http_reply){ 0 };
	if (own->session && ros_session_line(own->session) != ROS_LINE_OPEN)
		pipe_drop(own); /* a dead connection that is seen in time is replaced */
	if (!own->session)
		own->session = ros_session_open_rest(own->ros, !own->options.plain);
	if (!own->session)
		return fail(reply, error);
	pipe_send(own, request_text(call, arena), reply);
	if (pipe_receive(own, call, reply, arena))
		return true;
	pipe_drop(own);
	return fail(reply, error);
}

static bool pipe_alive(struct http *http)
{
	struct pipe *own = (struct pipe *)http;
	return !own->session || ros_session_line(own->session) == ROS_LINE_OPEN;
}

static void pipe_close(struct http *http)
{
	struct pipe *own = (struct pipe *)http;
	pipe_drop(own);
	if (own->closes)
		++*own->closes;
	free(own);
}

static const struct http_verbs pipe_verbs = { pipe_call, pipe_alive, pipe_close };

struct http *ros_http_open(struct ros *ros, const struct ros_http_options *options,
			   uint32_t *closes)
{
	struct pipe *own = calloc(1, sizeof(*own));
	if (!own)
		abort();
	own->http.verbs = &pipe_verbs;
	own->ros = ros;
	own->options = options ? *options : (struct ros_http_options){ 0 };
	own->closes = closes;
	own->now_at = own->options.now_at;
	return &own->http;
}
