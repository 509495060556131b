#include "ros_line.h"

#include <stdlib.h>

struct ros_pipe {
	struct line line;
	struct ros *ros;
	struct ros_session *session;
	uint32_t piece_max;
	uint32_t *closes;
};

static bool pipe_ended(struct ros_pipe *own, struct error *error)
{
	enum ros_line state = own->session ? ros_session_line(own->session) : ROS_LINE_RESET;
	if (state == ROS_LINE_ENDED)
		return error_set(error, ERROR_UNREACHABLE, "the router closed the line");
	if (state == ROS_LINE_RESET)
		return error_set(error, ERROR_UNREACHABLE, "the line broke");
	return error_set(error, ERROR_UNREACHABLE, "the router was silent");
}

static bool pipe_send(struct line *line, struct text bytes, uint32_t timeout_ms,
		      struct error *error)
{
	struct ros_pipe *own = (struct ros_pipe *)line;
	(void)timeout_ms;
	while (bytes.size > 0) {
		if (!own->session || ros_session_line(own->session) == ROS_LINE_RESET)
			return pipe_ended(own, error);
		uint32_t size = bytes.size;
		if (own->piece_max && size > own->piece_max)
			size = own->piece_max;
		/* To a peer that has closed, a first send still seems to work. */
		if (ros_session_line(own->session) == ROS_LINE_OPEN)
			ros_session_input(own->session, bytes.at, size);
		bytes = text_from(bytes, size);
	}
	return true;
}

static bool pipe_receive(struct line *line, char *out, uint32_t size, uint32_t *got,
			 uint32_t timeout_ms, struct error *error)
{
	struct ros_pipe *own = (struct ros_pipe *)line;
	const char *bytes;
	if (!own->session || ros_session_line(own->session) == ROS_LINE_RESET)
		return pipe_ended(own, error);
	size_t there = ros_session_output(own->session, &bytes);
	*got = 0;
	if (there == 0)
		return (timeout_ms == 0 && ros_session_line(own->session) == ROS_LINE_OPEN) ||
		       pipe_ended(own, error);
	if (there > size)
		there = size;
	if (own->piece_max && there > own->piece_max)
		there = own->piece_max;
	for (size_t i = 0; i < there; i++)
		out[i] = bytes[i];
	ros_session_consume(own->session, there);
	*got = (uint32_t)there;
	return true;
}

static bool pipe_alive(struct line *line)
{
	struct ros_pipe *own = (struct ros_pipe *)line;
	return own->session && !ros_session_is_closed(own->session);
}

static void pipe_close(struct line *line)
{
	struct ros_pipe *own = (struct ros_pipe *)line;
	if (own->session)
		ros_session_close(own->session);
	if (own->closes)
		++*own->closes;
	free(own);
}

struct line *ros_line_open(struct ros *ros, const struct ros_line_options *options,
			   uint32_t *closes)
{
	struct ros_pipe *own = calloc(1, sizeof(*own));
	if (!own)
		abort();
	own->line = (struct line){ pipe_send, pipe_receive, pipe_alive, pipe_close, NULL };
	own->ros = ros;
	own->session = ros_session_open(ros);
	own->piece_max = options ? options->piece_max : 0;
	own->closes = closes;
	return &own->line;
}
