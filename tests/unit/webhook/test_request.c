#include "webhook/request.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/limits.h"

#define assert_text(got, expected)                                                  \
	do {                                                                        \
		struct text got_ = (got);                                           \
		if (!text_is(got_, (expected)))                                     \
			fail_msg("'%.*s' is not '%s'", TEXT_ARG(got_), (expected)); \
	} while (0)

static void paths(void **state)
{
	(void)state;
	struct route route = route_of(TEXT("/pay/kasinet/main/abc-DEF_123/confirmation"));
	assert_int_equal(route.kind, ROUTE_PAY);
	assert_text(route.tenant, "kasinet");
	assert_text(route.channel, "main");
	assert_text(route.token, "abc-DEF_123");
	assert_text(route.callback, "confirmation");
	route = route_of(TEXT("/pay/kasinet/main/a/abcdfghijknpqrstuvwxyz0123456789"));
	assert_int_equal(route.kind, ROUTE_ATTEMPT);
	assert_text(route.tenant, "kasinet");
	assert_text(route.channel, "main");
	assert_text(route.token, "abcdfghijknpqrstuvwxyz0123456789");
	assert_text(route.callback, "");
	route = route_of(TEXT("/pay/kasinet/main/a"));
	assert_int_equal(route.kind, ROUTE_PAY);
	route = route_of(TEXT("/pay/kasinet/main/abc?x=/y/z"));
	assert_int_equal(route.kind, ROUTE_PAY);
	assert_text(route.token, "abc");
	assert_text(route.callback, "");
	route = route_of(TEXT("/git/kasinet/abc"));
	assert_int_equal(route.kind, ROUTE_GIT);
	assert_text(route.tenant, "kasinet");
	assert_text(route.token, "abc");
	assert_int_equal(route_of(TEXT("/healthz")).kind, ROUTE_HEALTH);
	assert_int_equal(route_of(TEXT("/healthz?x")).kind, ROUTE_HEALTH);
}

static void what_is_no_path(void **state)
{
	(void)state;
	static const char *const none[] = {
		"",
		"/",
		"//",
		"?",
		"healthz",
		"/healthz/",
		"/Healthz",
		"/healthz/x",
		"/pay",
		"/pay/",
		"/pay/a",
		"/pay/a/b",
		"/pay/a/b/",
		"/pay/a/b/c/",
		"/pay//b/c",
		"/pay/a//c",
		"/pay/a/b//d",
		"/pay/a/b/c/d/e",
		"//pay/a/b/c",
		"/PAY/a/b/c",
		"/git/a",
		"/git/a/b/c",
		"/git//b",
		"http://x/pay/a/b/c",
		"*",
		"/pay/a/b/c/d/",
	};
	for (size_t i = 0; i < ARRAY_COUNT(none); i++)
		if (route_of(text_of(none[i])).kind != ROUTE_NONE)
			fail_msg("'%s' was taken for a path", none[i]);
}

struct length {
	struct header headers[3];
	uint32_t count;
	struct framing expected;
};

#define CL(value)                                   \
	{                                           \
		TEXT("Content-Length"), TEXT(value) \
	}
#define TE(value)                                      \
	{                                              \
		TEXT("transfer-ENCODING"), TEXT(value) \
	}

static void lengths(void **state)
{
	(void)state;
	const struct length rows[] = {
		{ { CL("5") }, 1, { 0, false, 5 } },
		{ { CL("0") }, 1, { 0, false, 0 } },
		{ { CL(" 5 ") }, 1, { 0, false, 5 } },
		{ { CL("65536") }, 1, { 0, false, 65536 } },
		{ { CL("65537") }, 1, { 413, false, 0 } },
		{ { CL("99999999999999999999999") }, 1, { 413, false, 0 } },
		{ { CL("") }, 1, { 400, false, 0 } },
		{ { CL("-1") }, 1, { 400, false, 0 } },
		{ { CL("+5") }, 1, { 400, false, 0 } },
		{ { CL("5, 5") }, 1, { 400, false, 0 } },
		{ { CL("0x5") }, 1, { 400, false, 0 } },
		{ { CL("5a") }, 1, { 400, false, 0 } },
		{ { CL("5"), CL("5") }, 2, { 400, false, 0 } },
		{ { CL("5"), CL("6") }, 2, { 400, false, 0 } },
		{ { CL("5"), TE("chunked") }, 2, { 400, false, 0 } },
		{ { TE("chunked"), CL("5") }, 2, { 400, false, 0 } },
		{ { TE("chunked"), CL("bad") }, 2, { 400, false, 0 } },
		{ { TE("chunked") }, 1, { 0, true, 0 } },
		{ { TE("Chunked") }, 1, { 0, true, 0 } },
		{ { TE("chunked"), TE("chunked") }, 2, { 400, false, 0 } },
		{ { TE("gzip, chunked") }, 1, { 400, false, 0 } },
		{ { TE("identity") }, 1, { 400, false, 0 } },
		{ { TE("identity"), CL("5") }, 2, { 400, false, 0 } },
		{ { TE("") }, 1, { 400, false, 0 } },
		{ { { TEXT("Content-Type"), TEXT("5") } }, 1, { 411, false, 0 } },
		{ { { TEXT("X"), TEXT("5") } }, 0, { 411, false, 0 } },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct framing framing = framing_of(rows[i].headers, rows[i].count);
		if (framing.refused != rows[i].expected.refused ||
		    framing.is_chunked != rows[i].expected.is_chunked ||
		    framing.size != rows[i].expected.size)
			fail_msg("row %zu ('%.*s'): %d, %u bytes", i,
				 TEXT_ARG(rows[i].headers[0].value), framing.refused, framing.size);
	}
}

static void connections_are_kept_as_the_client_wishes(void **state)
{
	(void)state;
	struct header close[] = { { TEXT("connection"), TEXT("close") } };
	struct header keep[] = { { TEXT("Connection"), TEXT("Keep-Alive, TE") } };
	assert_true(keeps_alive(NULL, 0, TEXT("1.1")));
	assert_false(keeps_alive(NULL, 0, TEXT("1.0")));
	assert_false(keeps_alive(close, 1, TEXT("1.1")));
	assert_true(keeps_alive(keep, 1, TEXT("1.0")));
}

static void property_27_sources(void **state)
{
	(void)state;
	const struct text proxies[] = { TEXT("127.0.0.1"), TEXT("10.0.0.2"), TEXT("2001:db8::7") };
	static const struct {
		const char *peer, *forwarded, *more, *source;
	} rows[] = {
		{ "203.0.113.5", NULL, NULL, "203.0.113.5" },
		/* A stranger may write what he likes: he is no proxy. */
		{ "203.0.113.5", "196.201.214.200", NULL, "203.0.113.5" },
		{ "127.0.0.1", "196.201.214.200", NULL, "196.201.214.200" },
		{ "127.0.0.1", NULL, NULL, "127.0.0.1" },
		{ "::ffff:127.0.0.1", "196.201.214.200", NULL, "196.201.214.200" },
		/* What stands left of the first stranger is his own invention. */
		{ "127.0.0.1", "196.201.214.200, 198.51.100.9", NULL, "198.51.100.9" },
		{ "127.0.0.1", "1.1.1.1,198.51.100.9 , 10.0.0.2", NULL, "198.51.100.9" },
		{ "127.0.0.1", "196.201.214.200", "198.51.100.9", "198.51.100.9" },
		{ "127.0.0.1", "196.201.214.200", "10.0.0.2", "196.201.214.200" },
		{ "127.0.0.1", "10.0.0.2, 127.0.0.1", NULL, "10.0.0.2" },
		{ "127.0.0.1", "196.201.214.200, nonsense", NULL, "127.0.0.1" },
		{ "127.0.0.1", "196.201.214.200,", NULL, "127.0.0.1" },
		{ "127.0.0.1", "1.2.3.4.5", NULL, "127.0.0.1" },
		{ "127.0.0.1", "196.201.214.200:4711", NULL, "196.201.214.200" },
		{ "127.0.0.1", "[2001:db8::1]:443", NULL, "2001:db8::1" },
		{ "2001:db8::7", "2001:db8::9", NULL, "2001:db8::9" },
		{ "127.0.0.1", "unknown", NULL, "127.0.0.1" },
		{ "127.0.0.1", "' OR 1=1", NULL, "127.0.0.1" },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct header headers[] = {
			{ TEXT("Host"), TEXT("x") },
			{ TEXT("x-forwarded-for"), text_of(rows[i].forwarded) },
			{ TEXT("X-Forwarded-For"), text_of(rows[i].more) },
		};
		uint32_t count = rows[i].more ? 3 : rows[i].forwarded ? 2 : 1;
		assert_text(source_of(text_of(rows[i].peer), headers, count, proxies, 3),
			    rows[i].source);
		/* Without proxies nothing is believed but the socket. */
		struct text plain = source_of(TEXT("203.0.113.5"), headers, count, NULL, 0);
		assert_text(plain, "203.0.113.5");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(what_is_no_path),
		cmocka_unit_test(lengths),
		cmocka_unit_test(connections_are_kept_as_the_client_wishes),
		cmocka_unit_test(property_27_sources),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
