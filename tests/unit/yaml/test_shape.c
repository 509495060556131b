#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "yaml/encoding.h"
#include "yaml/scalar.h"
#include "yaml/shape.h"

static struct arena arena;

struct heard {
	char said[4000]; /* "line:column path: message\n"… */
	uint32_t count;
};

static void hear(void *context, const struct problem *problem)
{
	struct heard *heard = context;
	size_t used = strlen(heard->said);
	(void)snprintf(heard->said + used, sizeof(heard->said) - used, "%u:%u %.*s: %.*s\n",
		       problem->line, problem->column, TEXT_ARG(problem->path),
		       TEXT_ARG(problem->message));
	heard->count++;
}

static const char *const colours[] = { "red", "green", NULL };
static const struct key inner_keys[] = {
	{ .name = "depth", .type = VALUE_COUNT, .flags = KEY_REQUIRED, .min = 1, .max = 9 },
	{ .name = NULL },
};
static const struct key item = { .name = "tags", .type = VALUE_NAME };
static const struct key keys[] = {
	{ .name = "colour", .type = VALUE_ENUM, .words = colours, .flags = KEY_REQUIRED },
	{ .name = "inner", .type = VALUE_MAP, .keys = inner_keys },
	{ .name = "old", .type = VALUE_TEXT, .flags = KEY_INERT },
	{ .name = "secret", .type = VALUE_SECRET },
	{ .name = "tags", .type = VALUE_LIST, .item = &item, .min = 1, .max = 2 },
	{ .name = NULL },
};

static void expect(const char *bytes, const char *said, uint32_t problems_left)
{
	struct heard heard = { .count = 0 };
	struct node **documents;
	uint32_t count;
	arena_reset(&arena);
	assert_true(document_read(&documents, &count, text_of(bytes), &arena, hear, &heard));
	assert_int_equal(count, 1);
	struct shape shape = { .arena = &arena,
			       .error = hear,
			       .warning = hear,
			       .context = &heard,
			       .problems_left = problems_left };
	static const char *const header[] = { "kind", NULL };
	shape_check(&shape, keys, header, documents[0], NULL, "a Thing");
	assert_string_equal(heard.said, said);
}

static void test_keys(void **state)
{
	(void)state;
	expect("kind: x\ncolour: red\n", "", 100);
	expect("color: red\n",
	       "1:1 color: unknown key `color`: did you mean `colour`?\n"
	       "1:1 colour: `colour` is missing: a Thing needs it\n",
	       100);
	expect("colour: red\ninner: {}\n",
	       "2:8 inner.depth: `depth` is missing: `inner` needs it\n", 100);
	expect("colour: red\ninner: 7\n",
	       "2:8 inner: must be a mapping: write { key: value }, or indented lines\n", 100);
	expect("colour: [red]\n", "1:9 colour: must be one value, not a list\n", 100);
	expect("colour:\n", "1:8 colour: has no value: write one, or remove the key\n", 100);
	expect("colour: red\nold: x\n",
	       "2:1 old: `old` is accepted, but this version does not act on it\n", 100);
	/* What was refused while reading is not judged again. */
	expect(
	    "colour: *x\n",
	    "1:9 colour: aliases are not used here: write the value of `*x` out again; put it in "
	    "quotes if it begins with `*`\n",
	    100);
	expect("<<: { colour: red }\n",
	       "1:1 <<: merge keys `<<` are not used here: write the keys "
	       "out\n",
	       100);
}

static void test_lists(void **state)
{
	(void)state;
	expect(
	    "colour: red\ntags: [a, B!]\n",
	    "2:11 tags[1]: `B!` is not a name: use small letters, digits and dashes, at most 32, "
	    "beginning with a letter or digit\n",
	    100);
	expect("colour: red\ntags: []\n",
	       "2:7 tags: is an empty list: write an item, or remove the key\n", 100);
	expect("colour: red\ntags: [a, b, c]\n", "2:7 tags: has 3 items: at most 2 are allowed\n",
	       100);
	expect("colour: red\ntags: a\n",
	       "2:7 tags: must be a list: write [a, b], or lines with `- `\n", 100);
}

/* A secret written into the repository is refused, and never repeated. */
static void test_secrets(void **state)
{
	(void)state;
	expect("colour: red\nsecret: { file: a.pw }\n", "", 100);
	expect("colour: red\nsecret: { env: A_PW }\n", "", 100);
	expect("colour: red\nsecret: hunter2\n",
	       "2:9 secret: a secret is never written into the repository: write { file: NAME } or "
	       "{ env: NAME }\n",
	       100);
	expect("colour: red\nsecret: { file: a, env: b }\n",
	       "2:9 secret: write exactly one of `file` and `env`\n", 100);
	expect("colour: red\nsecret: { file: ../../shadow }\n",
	       "2:17 secret.file: must be the name of a file below the secrets folder, without "
	       "`..` and without a leading `/`\n",
	       100);
	expect("colour: red\nsecret: { env: A=B }\n",
	       "2:16 secret.env: is not the name of an environment variable\n", 100);
}

/* Beyond the budget problems are told without words, so that they can be counted. */
static void test_budget(void **state)
{
	(void)state;
	expect("colour: red\na1: x\na2: x\na3: x\n",
	       "2:1 a1: unknown key `a1`: known here are kind, colour, inner, old, secret, tags\n"
	       "3:1 : \n4:1 : \n",
	       1);
}

static void check_scalar(enum value_type type, const char *text, bool fits)
{
	struct key key = { .name = "k", .type = type, .words = NULL };
	if (type == VALUE_ENUM)
		key.words = colours;
	if (type == VALUE_COUNT)
		key.max = 100;
	struct shape shape = { .arena = &arena, .country = TEXT("254") };
	struct text flaw = scalar_flaw(&shape, &key, text_of(text));
	if ((flaw.size == 0) != fits)
		print_error("type %d, `%s`: %.*s\n", (int)type, text, TEXT_ARG(flaw));
	assert_int_equal(flaw.size == 0, fits);
}

static void test_scalars(void **state)
{
	(void)state;
	static const struct {
		enum value_type type;
		const char *good, *bad; /* separated by | */
	} rows[] = {
		{ VALUE_NAME, "a|0|home-10|no|1e3|abcdefghijklmnopqrstuvwxyz012345",
		  "|A|-a|a_b|a b|é|abcdefghijklmnopqrstuvwxyz0123456" },
		{ VALUE_ACCOUNT, "KN-0042|a.b_c|0", "|-a|.a|_a|a b|a/b|é" },
		{ VALUE_TEXT, "a|Jané|a b", "" },
		{ VALUE_ENUM, "red|green", "|Red|blue" },
		{ VALUE_BOOL, "true|false|yes|no", "|True|1|on" },
		{ VALUE_COUNT, "0|7|100", "|-1|101|1.5|1e1|99999999999999999999" },
		{ VALUE_MONEY, "0|2500|2500.5|0.05", "|-1|1e3|1,000|2.505|.5|1." },
		{ VALUE_RATE, "512k|1.5M|1G", "|0|10|10Mb|-1M|1e3k" },
		{ VALUE_DATA, "500MB|5GB|5GiB", "|5|5G|0GB" },
		{ VALUE_PERIOD, "30s|15m|6h|7d|2w|7 days|1 month|1 year",
		  "|0d|-1d|1|11 years|month" },
		{ VALUE_DURATION, "30s|15m", "|1 month|0s" },
		{ VALUE_OFFSET, "-3d|0d|1 month|12h", "|soon|3" },
		{ VALUE_TIME,
		  "2026-12-05|2026-12-05T06:00|2026-12-05T06:00:01Z|2026-12-05T06:00+03:00",
		  "|2026-13-01|2026-02-30|5 Dec|2026-12-05 06:00" },
		{ VALUE_PHONE, "0712345678|+254712345678|254712345678", "|12|07x|+255712345678" },
		{ VALUE_MAC, "AA:BB:CC:DD:EE:FF|aabbccddeeff|aa-bb-cc-dd-ee-ff",
		  "|AA:BB|00:00:00:00:00:00|ff:ff:ff:ff:ff:ff" },
		{ VALUE_ADDRESS, "10.10.0.42|127.0.0.1",
		  "|0.0.0.0|0.1.2.3|255.255.255.255|224.0.0.1|10.0.0.0/0|10.0.0|010.0.0.1|::1" },
		{ VALUE_RANGE, "10.10.1.0/24|10.0.0.1-10.0.0.9|10.0.0.1",
		  "|0.0.0.0/0|0.0.0.0-10.0.0.0|10.0.0.9-10.0.0.1|10.0.0.0/33|224.0.0.0/4|"
		  "10.0.0.0-255.255.255.255" },
		{ VALUE_ENDPOINT,
		  "10.0.0.1|10.0.0.1:8728|router.kasi.net:1|[fd00::1]:8728|[fd00::1]",
		  "|10.0.0.1:0|10.0.0.1:65536|:8728|a b|fd00::1|[fd00::1]x|0.0.0.0|a:b" },
		{ VALUE_URL, "https://a.b/c|http://127.0.0.1:1",
		  "|a.b|ftp://a|https://|https:// a" },
		{ VALUE_CURRENCY, "KES", "|kes|KE|KESX" },
		{ VALUE_ZONE, "Africa/Nairobi|UTC", "|/etc|../x|Africa Nairobi" },
		{ VALUE_CLOCK, "02:00|00:00|23:59", "|2:00|24:00|02:60|02:00:00|2am|02-00" },
		{ VALUE_SHORTCODE, "12345|600638|1234567", "|1234|12345678|60063x" },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct text rest = text_of(rows[i].good), one;
		bool more = true;
		while (more) {
			more = text_cut(rest, '|', &one, &rest);
			check_scalar(rows[i].type, text_copy(&arena, one).at, true);
		}
		rest = text_of(rows[i].bad);
		more = true;
		while (more) {
			more = text_cut(rest, '|', &one, &rest);
			check_scalar(rows[i].type, text_copy(&arena, one).at, false);
		}
	}
}

static void test_fingerprint(void **state)
{
	(void)state;
	char out[72];
	const char *plain = "sha256:"
			    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	assert_true(fingerprint_parse(text_of(plain), out));
	assert_string_equal(out, plain);
	assert_true(fingerprint_parse(
	    TEXT("sha256:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:"
		 "77:88:99:AA:BB:CC:DD:EE:FF"),
	    out));
	assert_string_equal(out, plain);
	assert_false(fingerprint_parse(text_of(plain + 1), out));
	assert_false(fingerprint_parse(TEXT("sha256:0011"), out));
	assert_false(fingerprint_parse(text_of("sha256:00112233445566778899aabbccddeeff"
					       "00112233445566778899aabbccddeeff00"),
				       out));
	assert_false(fingerprint_parse(text_of("sha1:00112233445566778899aabbccddeeff"
					       "00112233445566778899aabbccddeeff"),
				       out));
}

static void test_shown_is_short_and_whole(void **state)
{
	(void)state;
	char bytes[400];
	for (size_t i = 0; i < sizeof(bytes); i += 2)
		memcpy(bytes + i, "\xc3\xa9", 2);
	struct text shown = encoding_shown(&arena, (struct text){ bytes, sizeof(bytes) });
	assert_true(text_is_utf8(shown));
	assert_int_equal(shown.size, 60 * 2 + 3);
	assert_true(text_is(encoding_shown(&arena, TEXT("a\x01\0b\xff\x7f")), "a??b??"));
}

static int start(void **state)
{
	(void)state;
	arena_open(&arena, 64u << 20);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_shown_is_short_and_whole),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
