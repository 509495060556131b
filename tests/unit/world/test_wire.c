/* The wire: lengths, cuts, limits. */
#include "check.h"
#include "shared.h"

#include "world/ros_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The encoded head of a word of that length; the word itself is not made. */
static void assert_length(uint64_t length, const char *hex)
{
	unsigned char head[8] = { 0 };
	size_t count = strlen(hex) / 2;
	uint64_t read = 0;
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned byte;

		assert_int_equal(sscanf(hex + i * 2, "%2x", &byte), 1);
		head[i] = (unsigned char)byte;
	}
	assert_int_equal(ros_wire_length((const char *)head, count, &read, &used), 1);
	assert_int_equal(read, length);
	assert_int_equal(used, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(ros_wire_length((const char *)head, i, &read, &used), 0);
	if (length <= 0x200001) {
		struct ros_buffer out = { NULL, 0, 0 };
		char *word = ros_allocate(length + 1);

		ros_wire_word(&out, word, length);
		assert_int_equal(out.size, length + count);
		assert_memory_equal(out.bytes, head, count);
		ros_buffer_done(&out);
		free(word);
	}
}

static void test_lengths_at_every_border(void **state)
{
	(void)state;
	assert_length(0, "00");
	assert_length(0x7f, "7f");
	assert_length(0x80, "8080");
	assert_length(0x3fff, "bfff");
	assert_length(0x4000, "c04000");
	assert_length(0x1fffff, "dfffff");
	assert_length(0x200000, "e0200000");
	assert_length(0xfffffff, "efffffff");
	assert_length(0x10000000, "f010000000");
	assert_length(256, "8100");
}

static void test_lengths_of_the_facts(void **state)
{
	char *text = shared_read("word-length-vectors.json");
	const char *at = text;
	unsigned count = 0;

	(void)state;
	if (text == NULL)
		skip();
	while ((at = strstr(at, "\"length\":")) != NULL) {
		unsigned long long length;
		char hex[16];

		assert_int_equal(
		    sscanf(at, "\"length\": %llu, \"hex\": \"%15[0-9a-f]\"", &length, hex), 2);
		assert_length(length, hex);
		at++;
		count++;
	}
	assert_true(count >= 20);
	free(text);
}

static void test_control_bytes_end_the_line(void **state)
{
	(void)state;
	for (int byte = 0xf8; byte <= 0xff; byte++) {
		struct client client = client_logged_in("7.16.2");
		char one = (char)byte;

		ros_session_input(client.session, &one, 1);
		assert_int_equal(ros_session_line(client.session), ROS_LINE_ENDED);
		assert_true(ros_session_is_closed(client.session));
		client_free(&client);
	}
}

static void test_a_sentence_may_come_in_any_cut(void **state)
{
	static const char *const words[] = { "/ppp/secret/add", "=name=juma", "=comment=a=b=c \xe9",
					     ".tag=9" };
	char bytes[256];
	size_t size = client_encode(bytes, sizeof(bytes), words, 4);

	(void)state;
	for (size_t cut = 1; cut < size; cut++) {
		struct client client = client_logged_in("7.16.2");

		ros_session_input(client.session, bytes, cut);
		assert_string_equal(client_read(&client), "");
		ros_session_input(client.session, bytes + cut, size - cut);
		assert_string_equal(client_read(&client), "!done .tag=9 =ret=*1\n");
		assert_true(ros_row_is(client.ros, "/ppp/secret", "juma", "comment", "a=b=c \xe9"));
		client_free(&client);
	}
}

static void test_long_words_are_taken(void **state)
{
	struct client client = client_logged_in("7.16.2");
	static const size_t sizes[] = { 100, 256, 46000, 100000 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *comment = ros_allocate(sizes[i] + 16);
		struct ros_text text;

		memset(comment, 'x', sizes[i]);
		memcpy(comment, "=comment=", 9);
		assert_said(&client, "!done\n", "/ip/pool/comment", "=.id=hotspot-pool", comment);
		assert_true(ros_row_read(client.ros, "/ip/pool", "hotspot-pool", "comment", &text));
		assert_int_equal(text.size, sizes[i] - 9);
		free(comment);
	}
	client_free(&client);
}

static void test_before_login_little_is_read(void **state)
{
	struct client client = client_new("7.16.2");
	char *bytes = ros_allocate(20000);

	(void)state;
	/* A word of 20000 bytes that goes on and on. */
	memcpy(bytes, "\xc0\x4e\x20", 3);
	ros_session_input(client.session, bytes, 20000);
	assert_int_equal(ros_session_line(client.session), ROS_LINE_ENDED);
	free(bytes);
	client_free(&client);
}

static void test_an_empty_sentence_is_ignored(void **state)
{
	struct client client = client_logged_in("7.16.2");

	(void)state;
	ros_session_input(client.session, "\0\0\0", 3);
	assert_string_equal(client_read(&client), "");
	assert_int_equal(ros_session_line(client.session), ROS_LINE_OPEN);
	client_free(&client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths_at_every_border),
		cmocka_unit_test(test_lengths_of_the_facts),
		cmocka_unit_test(test_control_bytes_end_the_line),
		cmocka_unit_test(test_a_sentence_may_come_in_any_cut),
		cmocka_unit_test(test_long_words_are_taken),
		cmocka_unit_test(test_before_login_little_is_read),
		cmocka_unit_test(test_an_empty_sentence_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
