/* HTTP/1.1 as far as REST needs it: requests in, answers out, no socket (§2). */
#include "world/ros_session.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define HEAD_SIZE_MAX 16384
#define BODY_SIZE_MAX ((uint64_t)16 << 20)

static bool line_cut(struct ros_text *rest, struct ros_text *line)
{
	for (size_t i = 0; i + 1 < rest->size; i++) {
		if (rest->bytes[i] != '\r' || rest->bytes[i + 1] != '\n')
			continue;
		*line = (struct ros_text){ rest->bytes, i };
		rest->bytes += i + 2;
		rest->size -= i + 2;
		return true;
	}
	return false;
}

static struct ros_text trim(struct ros_text text)
{
	while (text.size > 0 && (text.bytes[0] == ' ' || text.bytes[0] == '\t')) {
		text.bytes++;
		text.size--;
	}
	while (text.size > 0 && text.bytes[text.size - 1] == ' ')
		text.size--;
	return text;
}

static bool name_is(struct ros_text name, const char *other)
{
	return name.size == strlen(other) && strncasecmp(name.bytes, other, name.size) == 0;
}

static bool header_take(struct ros_http_request *out, struct ros_text line, uint64_t *length)
{
	struct ros_text name, value = line;

	if (!ros_text_cut(&value, ':', &name) || value.bytes == NULL)
		return false;
	value = trim(value);
	if (name_is(name, "Content-Length"))
		return ros_text_number(value, length) && *length <= BODY_SIZE_MAX;
	if (name_is(name, "Transfer-Encoding"))
		return false; /* nothing says that RouterOS takes chunks */
	if (name_is(name, "Authorization"))
		out->authorization = value;
	else if (name_is(name, "Content-Type"))
		out->content_type = value;
	else if (name_is(name, "Connection"))
		out->closes = name_is(value, "close");
	return true;
}

static bool request_line(struct ros_http_request *out, struct ros_text line)
{
	struct ros_text target;

	if (!ros_text_cut(&line, ' ', &out->method) || line.bytes == NULL ||
	    !ros_text_cut(&line, ' ', &target) || line.bytes == NULL || line.size != 8 ||
	    memcmp(line.bytes, "HTTP/1.1", 8) != 0)
		return false;
	ros_text_cut(&target, '?', &out->path);
	out->query = target.bytes == NULL ? ros_text_of("") : target;
	return out->path.size > 0 && out->path.bytes[0] == '/';
}

int ros_http_read(struct ros_http_request *out, const char *bytes, size_t size, size_t *used)
{
	struct ros_text rest = { bytes, size }, line;
	const char *end = size == 0 ? NULL : memmem(bytes, size, "\r\n\r\n", 4);
	uint64_t length = 0;

	memset(out, 0, sizeof(*out));
	if (end == NULL)
		return size > HEAD_SIZE_MAX ? -1 : 0;
	if (!line_cut(&rest, &line) || !request_line(out, line))
		return -1;
	while (line_cut(&rest, &line) && line.size > 0)
		if (!header_take(out, line, &length))
			return -1;
	if (rest.size < length)
		return 0;
	out->body = (struct ros_text){ rest.bytes, (size_t)length };
	*used = (size_t)(rest.bytes - bytes) + (size_t)length;
	return 1;
}

const char *ros_http_reason(unsigned status)
{
	switch (status) {
	case 200:
		return "OK";
	case 201:
		return "Created";
	case 204:
		return "No Content";
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 406:
		return "Not Acceptable";
	case 415:
		return "Unsupported Media Type";
	default:
		return "Internal Server Error";
	}
}

void ros_http_answer(struct ros_buffer *out, unsigned status, const char *location,
		     const char *kind, struct ros_text body, bool closes)
{
	ros_buffer_print(out, "HTTP/1.1 %u %s\r\n", status, ros_http_reason(status));
	ros_buffer_text(out, closes ? "Connection: close\r\n" : "Connection: Keep-Alive\r\n");
	if (location[0] != '\0')
		ros_buffer_print(out, "Location: %s\r\n", location);
	if (status == 401)
		ros_buffer_text(out, "WWW-Authenticate: Basic realm=\"RouterOS\"\r\n");
	if (status != 204)
		ros_buffer_print(out, "Content-Type: %s\r\nContent-Length: %zu\r\n", kind,
				 body.size);
	ros_buffer_text(out, "\r\n");
	if (status != 204 && body.size > 0)
		ros_buffer_add(out, body.bytes, body.size);
}

static int digit64(char byte)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = byte == '\0' ? NULL : strchr(digits, byte);

	return at == NULL ? -1 : (int)(at - digits);
}

bool ros_http_login(struct ros_text authorization, struct ros_buffer *scratch,
		    struct ros_text *name, struct ros_text *password)
{
	struct ros_text rest;
	uint32_t bits = 0, held = 0;

	if (authorization.size < 6 || strncasecmp(authorization.bytes, "Basic ", 6) != 0)
		return false;
	ros_buffer_cut(scratch, 0);
	for (size_t i = 6; i < authorization.size && authorization.bytes[i] != '='; i++) {
		int digit = digit64(authorization.bytes[i]);
		char byte;

		if (digit < 0)
			return false;
		held = (held << 6 | (uint32_t)digit) & 0xffffff;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		byte = (char)(held >> bits & 0xff);
		ros_buffer_add(scratch, &byte, 1);
	}
	rest = ros_buffer_view(scratch);
	if (!ros_text_cut(&rest, ':', name) || rest.bytes == NULL)
		return false;
	*password = rest;
	return true;
}

static int digit16(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte = (char)tolower((unsigned char)byte);
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

bool ros_http_decode(struct ros_text in, struct ros_buffer *out)
{
	for (size_t i = 0; i < in.size; i++) {
		char byte = in.bytes[i];

		if (byte == '%') {
			bool is_whole = i + 2 < in.size;
			int high = is_whole ? digit16(in.bytes[i + 1]) : -1;
			int low = is_whole ? digit16(in.bytes[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			byte = (char)(high << 4 | low);
			i += 2;
		} else if (byte == '+') {
			byte = ' ';
		}
		ros_buffer_add(out, &byte, 1);
	}
	return true;
}
