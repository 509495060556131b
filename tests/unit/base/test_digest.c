#include "base/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"

/* FIPS 180-4 examples; the last is what sha256sum prints for one line end. */
static void plain_digests_equal_sha256sum(void **state)
{
	(void)state;
	static const struct {
		const char *text, *hex;
	} rows[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "\n", "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b" },
	};
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct digest digest = digest_of(text_of(rows[i].text));
		char hex[65], head[13];
		digest_hex(&digest, hex);
		assert_string_equal(hex, rows[i].hex);
		digest_short(&digest, head);
		assert_int_equal(strlen(head), 12);
		assert_memory_equal(head, rows[i].hex, 12);
	}
}

static struct digest digest_two(const char *a, const char *b)
{
	struct digester digester;
	digester_begin(&digester);
	digester_text(&digester, text_of(a));
	digester_text(&digester, text_of(b));
	struct digest digest = digester_end(&digester);
	assert_null(digester.context);
	return digest;
}

static void parts_are_told_apart(void **state)
{
	(void)state;
	struct digest a = digest_two("ab", "c"), b = digest_two("a", "bc");
	struct digest c = digest_two("abc", "");
	struct digest again = digest_two("ab", "c");
	assert_true(digest_equal(&a, &again));
	assert_false(digest_equal(&a, &b));
	assert_false(digest_equal(&a, &c));
	assert_false(digest_equal(&b, &c));
}

static void numbers_are_told_from_texts_and_each_other(void **state)
{
	(void)state;
	static const int64_t values[] = { 0, 1, -1, INT64_MAX, INT64_MIN };
	struct digest digests[ARRAY_COUNT(values) + 1];
	struct digester digester;
	for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
		digester_begin(&digester);
		digester_i64(&digester, values[i]);
		digests[i] = digester_end(&digester);
	}
	digester_begin(&digester);
	digester_text(&digester, TEXT("\0\0\0\0\0\0\0\0"));
	digests[ARRAY_COUNT(values)] = digester_end(&digester);
	for (size_t i = 0; i < ARRAY_COUNT(digests); i++)
		for (size_t j = 0; j < i; j++)
			assert_false(digest_equal(&digests[i], &digests[j]));
}

static void a_digest_differs_by_one_bit(void **state)
{
	(void)state;
	struct digest a = digest_of(TEXT("x"));
	for (size_t i = 0; i < sizeof(a.bytes); i++) {
		struct digest b = a;
		b.bytes[i] ^= 1;
		assert_false(digest_equal(&a, &b));
	}
}

static void secrets_compare(void **state)
{
	(void)state;
	assert_true(text_equal_constant_time(TEXT("token"), TEXT("token")));
	assert_false(text_equal_constant_time(TEXT("token"), TEXT("tokem")));
	assert_false(text_equal_constant_time(TEXT("token"), TEXT("toke")));
	assert_false(text_equal_constant_time(TEXT("token"), TEXT_NONE));
	assert_true(text_equal_constant_time(TEXT_NONE, TEXT("")));
	assert_true(secret_equal(secret_of(TEXT("token")), TEXT("token")));
	assert_false(secret_equal(secret_of(TEXT("token")), TEXT("Token")));
	/* One that could not be read equals nothing, not even the empty text. */
	assert_false(secret_equal((struct secret){ 0 }, TEXT_NONE));
}

static bool made_of(const char *text, const char *alphabet)
{
	return strspn(text, alphabet) == strlen(text);
}

static void passwords_can_be_read_out(void **state)
{
	(void)state;
	char last[21] = "", password[21];
	for (int i = 0; i < 200; i++) {
		random_password(password, 20);
		assert_int_equal(strlen(password), 20);
		assert_true(made_of(password, "abcdefghijkmnpqrstuvwxyz23456789"));
		assert_string_not_equal(password, last);
		memcpy(last, password, sizeof(last));
	}
	/* Longer than the block in which random bytes are fetched. */
	char long_password[201];
	random_password(long_password, 200);
	assert_int_equal(strlen(long_password), 200);
	random_password(password, 0);
	assert_string_equal(password, "");
}

static void property_28_tokens_spell_no_refused_word(void **state)
{
	(void)state;
	/* payments facts 1.7 */
	static const char *const refused[] = { "mpesa", "m-pesa", "safaricom", "exe",
					       "exec",	"cmd",	  "sql",       "query" };
	bool seen[256] = { false };
	unsigned seen_count = 0;
	for (int i = 0; i < 500; i++) {
		char token[33];
		random_token(token);
		assert_int_equal(strlen(token), 32);
		for (const char *at = token; *at; at++) {
			seen_count += !seen[(unsigned char)*at];
			seen[(unsigned char)*at] = true;
		}
	}
	/*
	 * 16,000 draws show every character of the alphabet; a word needs one that is never drawn.
	 */
	assert_int_equal(seen_count, 32);
	for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
		bool possible = true;
		for (const char *at = refused[i]; *at; at++)
			possible = possible && seen[(unsigned char)*at];
		assert_false(possible);
	}
}

/* 32 characters of 5 bits are 160 bits only if each place takes whatever value the others have. */
static void property_02_every_character_of_a_token_is_drawn(void **state)
{
	(void)state;
	bool seen[32][256] = { { false } };
	unsigned counts[32] = { 0 };
	char last[33] = "";
	for (int i = 0; i < 500; i++) {
		char token[33];
		unsigned same = 0;
		random_token(token);
		for (unsigned place = 0; place < 32; place++) {
			unsigned char character = (unsigned char)token[place];
			counts[place] += !seen[place][character];
			seen[place][character] = true;
			same += token[place] == last[place];
		}
		assert_true(same < 24);
		memcpy(last, token, sizeof(last));
	}
	/* Fewer than 28 different of 500 draws of one in 32: not once in the age of the world. */
	for (unsigned place = 0; place < 32; place++)
		assert_true(counts[place] >= 28);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_digests_equal_sha256sum),
		cmocka_unit_test(parts_are_told_apart),
		cmocka_unit_test(numbers_are_told_from_texts_and_each_other),
		cmocka_unit_test(a_digest_differs_by_one_bit),
		cmocka_unit_test(secrets_compare),
		cmocka_unit_test(passwords_can_be_read_out),
		cmocka_unit_test(property_02_every_character_of_a_token_is_drawn),
		cmocka_unit_test(property_28_tokens_spell_no_refused_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
