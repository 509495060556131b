#include "help.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

static void the_table_is_sorted_and_whole(void **state)
{
	(void)state;
	const struct provider *before = NULL, *row;
	uint32_t count = 0;
	for (; (row = provider_at(count)); count++) {
		assert_true(row->name && row->kinds && row->kinds[0]);
		assert_true(row->authenticate && row->parse && row->reply);
		assert_ptr_equal(provider_find(text_of(row->name)), row);
		if (before)
			assert_true(strcmp(before->name, row->name) < 0);
		before = row;
	}
	assert_true(count >= 1);
	assert_null(provider_find(TEXT("")));
	assert_null(provider_find(TEXT("Daraja")));
	assert_null(provider_find(TEXT("git")));
}

static void forbidden(const char *name, const char *word)
{
	const char *found = forbidden_word(text_of(name));

	if (found == NULL || strcmp(found, word) != 0)
		fail_msg("'%s' holds '%s'", name, found != NULL ? found : "nothing");
}

static void property_28_forbidden_words_in_any_case(void **state)
{
	(void)state;
	static const char *const words[] = { "mpesa", "m-pesa", "safaricom", "exe",
					     "exec",  "cmd",    "sql",       "query" };
	for (size_t i = 0; i < ARRAY_COUNT(words); i++)
		forbidden(words[i], words[i]);
	forbidden("abcMpEsAdef", "mpesa");
	forbidden("x-EXECUTE", "exec");
	forbidden("mySQL", "sql");
	assert_null(forbidden_word(TEXT("main")));
	assert_null(forbidden_word(TEXT("m_pesa")));
	assert_null(forbidden_word(TEXT("")));
}

static void property_28_tokens_never_spell_a_forbidden_word(void **state)
{
	(void)state;
	struct error error;
	char longest[130];
	memset(longest, 'a', sizeof(longest));
	assert_true(provider_token_ok(TEXT("abcdefgh_JKLMN-9"), &error));
	assert_true(provider_token_ok((struct text){ longest, 128 }, &error));
	static const char *const bad[] = { "",
					   "abcdefghijklmno",
					   "abcdefghijklmno/pqrs",
					   "abcdefghijklmno pqrs",
					   "abcdefghijklmno%41rs",
					   "abcdefghijklmn\xc3\xa9",
					   "abcdefghMPESAijklmnop",
					   "abcdefghijExEklmnop" };
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		if (provider_token_ok(text_of(bad[i]), &error))
			fail_msg("'%s' was taken for a token", bad[i]);
		assert_int_equal(error.code, ERROR_INVALID);
		/* Shown in status: it must not repeat the token. */
		if (strlen(bad[i]) > 12)
			assert_null(strstr(error.text, bad[i]));
	}
	assert_false(provider_token_ok((struct text){ longest, 129 }, &error));
}

static void property_27_sources(void **state)
{
	(void)state;
	struct channel channel = help_channel();
	assert_true(provider_source_allowed(&channel, TEXT("203.0.113.9")));
	assert_true(provider_source_allowed(&channel, TEXT_NONE));
	struct text list[] = { TEXT("196.201.214.200"), TEXT("196.201.214.206") };
	channel.sources = list;
	channel.source_count = 2;
	assert_true(provider_source_allowed(&channel, TEXT("196.201.214.206")));
	assert_true(provider_source_allowed(&channel, TEXT("::ffff:196.201.214.200")));
	assert_true(provider_source_allowed(&channel, TEXT("::FFFF:196.201.214.200")));
	assert_false(provider_source_allowed(&channel, TEXT("196.201.214.207")));
	assert_false(provider_source_allowed(&channel, TEXT("196.201.214.20")));
	assert_false(provider_source_allowed(&channel, TEXT("196.201.214.2000")));
	assert_false(provider_source_allowed(&channel, TEXT("::1")));
	assert_false(provider_source_allowed(&channel, TEXT_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sorted_and_whole),
		cmocka_unit_test(property_28_forbidden_words_in_any_case),
		cmocka_unit_test(property_28_tokens_never_spell_a_forbidden_word),
		cmocka_unit_test(property_27_sources),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
