#include "client.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct client client_new(const char *version)
{
	struct ros_options options = { .version = version,
				       .password = "secret",
				       .now_at = CLIENT_START };
	struct client client = { .ros = ros_new(&options) };

	client.session = ros_session_open(client.ros);
	assert(client.session != NULL);
	return client;
}

struct client client_logged_in(const char *version)
{
	struct client client = client_new(version);

	client_ask(&client, "/login", "=name=wavu", "=password=secret", NULL);
	assert(strcmp(client.text, "!done\n") == 0);
	return client;
}

void client_free(struct client *client)
{
	if (client->session != NULL)
		ros_session_close(client->session);
	ros_free(client->ros);
	free(client->text);
}

static void text_add(struct client *client, const char *bytes, size_t size)
{
	if (client->size + size + 1 > client->room) {
		client->room = (client->size + size + 1) * 2;
		client->text = realloc(client->text, client->room);
		assert(client->text != NULL);
	}
	memcpy(client->text + client->size, bytes, size);
	client->size += size;
	client->text[client->size] = '\0';
}

static size_t head_encode(char *out, size_t length)
{
	if (length < 0x80) {
		out[0] = (char)length;
		return 1;
	}
	if (length < 0x4000) {
		out[0] = (char)(0x80 | length >> 8);
		out[1] = (char)length;
		return 2;
	}
	assert(length < 0x200000);
	out[0] = (char)(0xc0 | length >> 16);
	out[1] = (char)(length >> 8);
	out[2] = (char)length;
	return 3;
}

size_t client_encode(char *out, size_t room, const char *const *words, size_t count)
{
	size_t size = 0;

	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(words[i]);

		assert(size + length + 8 < room);
		size += head_encode(out + size, length);
		memcpy(out + size, words[i], length);
		size += length;
	}
	out[size++] = '\0';
	return size;
}

const char *client_read(struct client *client)
{
	const unsigned char *bytes;
	const char *raw;
	size_t size = ros_session_output(client->session, &raw);
	bool first = true;

	bytes = (const unsigned char *)raw;
	client->size = 0;
	text_add(client, "", 0);
	for (size_t i = 0; i < size;) {
		size_t length = bytes[i++];

		if (length >= 0xc0) {
			assert(length < 0xe0);
			length = (length & 0x1f) << 16 | (size_t)bytes[i] << 8 | bytes[i + 1];
			i += 2;
		} else if (length >= 0x80) {
			length = (length & 0x3f) << 8 | bytes[i++];
		}
		if (length == 0) {
			text_add(client, "\n", 1);
			first = true;
			continue;
		}
		if (!first)
			text_add(client, " ", 1);
		first = false;
		if (i + length > size)
			length = size - i; /* a cut */
		text_add(client, (const char *)bytes + i, length);
		i += length;
	}
	ros_session_consume(client->session, size);
	return client->text;
}

const char *client_ask(struct client *client, ...)
{
	static char bytes[200000];
	const char *words[64];
	size_t count = 0;
	va_list list;

	va_start(list, client);
	while ((words[count] = va_arg(list, const char *)) != NULL)
		count++;
	va_end(list);
	ros_session_input(client->session, bytes,
			  client_encode(bytes, sizeof(bytes), words, count));
	return client_read(client);
}
