#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "settings/settings.h"

static char folder[] = "/tmp/wavu-settings-XXXXXX";
static char path[100];
static struct settings settings;
static struct error error;

static bool read_text(const char *text)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	memset(&error, 0, sizeof(error));
	return settings_read(&settings, text_of(path), &error);
}

static void expect(struct text have, const char *want)
{
	if (!text_is(have, want))
		print_error("have %.*s, want %s\n", TEXT_ARG(have), want);
	assert_true(text_is(have, want));
}

static void expect_below(struct text have, const char *name)
{
	char want[200];
	(void)snprintf(want, sizeof(want), "%s/%s", folder, name);
	expect(have, want);
}

static void test_defaults(void **state)
{
	(void)state;
	assert_true(
	    read_text("tenants:\n  - { name: kasinet, repository: /srv/git/kasinet.git }\n"));
	expect(settings.file, path);
	expect(settings.state, "/var/lib/wavu");
	expect(settings.secrets, "/etc/wavu/secrets");
	expect(settings.public_host, "0.0.0.0");
	assert_int_equal(settings.public_port, 8480);
	expect(settings.status_host, "127.0.0.1");
	assert_int_equal(settings.status_port, 8481);
	assert_int_equal(settings.workers, 64);
	assert_int_equal(settings.sweep_us, INT64_C(900000000));
	assert_int_equal(settings.public_url.size, 0);
	assert_int_equal(settings.proxy_count, 0);
	assert_int_equal(settings.tenant_count, 1);
	const struct settings_tenant *tenant = settings_tenant(&settings, TEXT("kasinet"));
	assert_non_null(tenant);
	expect(tenant->repository, "/srv/git/kasinet.git");
	assert_true(tenant->is_local);
	expect(tenant->branch, "main");
	expect(tenant->path, ".");
	assert_int_equal(tenant->poll_us, 30000000);
	assert_int_equal(tenant->credentials.kind, SECRET_NONE);
	assert_int_equal(tenant->hook.kind, SECRET_NONE);
	assert_null(settings_tenant(&settings, TEXT("other")));
	settings_free(&settings);
}

static void test_everything(void **state)
{
	(void)state;
	assert_true(read_text("state: ./state\nsecrets: keys\n"
			      "tenants:\n"
			      "  - name: one\n    repository: git/one.git\n    branch: live\n"
			      "    path: network\n    poll: 2m\n"
			      "    credentials: { file: git.token }\n    hook: { env: HOOK }\n"
			      "  - { name: two, repository: \"https://example.org/two.git\" }\n"
			      "  - { name: three, repository: \"git@example.org:three.git\" }\n"
			      "  - { name: four, repository: \"file:///srv/four\" }\n"
			      "listen: { public: \"0.0.0.0:0\", status: \"[::1]:9000\" }\n"
			      "public_url: https://pay.kasi.net/\n"
			      "proxies: [127.0.0.1, 10.0.0.1]\nworkers: 8\nsweep: 1h\n"));
	expect_below(settings.state, "state");
	expect_below(settings.secrets, "keys");
	assert_int_equal(settings.tenant_count, 4);
	const struct settings_tenant *one = &settings.tenants[0];
	expect_below(one->repository, "git/one.git");
	assert_true(one->is_local);
	expect(one->branch, "live");
	expect(one->path, "network");
	assert_int_equal(one->poll_us, 120000000);
	assert_int_equal(one->credentials.kind, SECRET_FILE);
	expect(one->credentials.name, "git.token");
	assert_int_equal(one->credentials.where.line, 9);
	assert_int_equal(one->hook.kind, SECRET_ENV);
	expect(one->hook.name, "HOOK");
	assert_false(settings.tenants[1].is_local);
	assert_false(settings.tenants[2].is_local);
	expect(settings.tenants[2].repository, "git@example.org:three.git");
	assert_true(settings.tenants[3].is_local);
	expect(settings.tenants[3].repository, "/srv/four");
	assert_int_equal(settings.public_port, 0);
	expect(settings.status_host, "::1");
	assert_int_equal(settings.status_port, 9000);
	expect(settings.public_url, "https://pay.kasi.net");
	assert_int_equal(settings.proxy_count, 2);
	expect(settings.proxies[1], "10.0.0.1");
	assert_int_equal(settings.workers, 8);
	assert_int_equal(settings.sweep_us, INT64_C(3600000000));
	settings_free(&settings);
}

static void refuse(const char *text, uint32_t line, uint32_t column, const char *part)
{
	assert_false(read_text(text));
	if (error.place.line != line || error.place.column != column || !strstr(error.text, part))
		print_error("%s:%u:%u: %s\n", error.place.file, error.place.line,
			    error.place.column, error.text);
	assert_int_equal(error.code, ERROR_INVALID);
	assert_int_equal(error.place.line, line);
	assert_int_equal(error.place.column, column);
	assert_non_null(strstr(error.text, part));
	assert_string_equal(error.place.file, path);
}

#define TENANT "tenants: [{ name: a, repository: /r }]\n"

static void test_mistakes(void **state)
{
	(void)state;
	refuse("", 1, 1, "`tenants` is missing");
	refuse("tenants: []\n", 1, 10, "empty list");
	refuse(TENANT "workrs: 3\n", 2, 1, "did you mean `workers`?");
	refuse(TENANT "workers: 0\n", 2, 10, "from 1 to 512");
	refuse(TENANT "sweep: 1 month\n", 2, 8, "no exact length");
	refuse(TENANT "public_url: pay.kasi.net\n", 2, 13, "not a URL");
	refuse(TENANT "proxies: [localhost]\n", 2, 11, "not an IPv4 address");
	refuse(TENANT "listen: { public: 8480 }\n", 2, 19, "host:port");
	refuse(TENANT "listen: { status: \"a:70000\" }\n", 2, 19, "host:port");
	refuse(TENANT "---\n" TENANT, 3, 1, "one document");
	refuse("- a\n", 1, 1, "no mapping");
	refuse("tenants: [{ name: a }]\n", 1, 11, "`repository` is missing");
	refuse("tenants: [{ name: a, repository: /r }, { name: a, repository: /s }]\n", 1, 48,
	       "has this name already");
	refuse("tenants: [{ name: my-mpesa, repository: /r }]\n", 1, 19, "contains `mpesa`");
	refuse("tenants: [{ name: a, repository: /r, hook: secret }]\n", 1, 44, "never written");
	assert_null(strstr(error.text, "secret }"));
	refuse("tenants:\n\t- a\n", 2, 1, "tab");
	refuse(TENANT "state: \xff\n", 2, 8, "UTF-8");
}

static void test_several_at_once(void **state)
{
	(void)state;
	refuse(TENANT "workrs: 3\nsweep: x\nstate:\n", 2, 1, "3:8: sweep: `x`");
	assert_non_null(strstr(error.text, "4:7: state: has no value"));
	char text[4000] = TENANT;
	for (int i = 0; i < 40; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "x%d: 1\n", i);
	refuse(text, 2, 1, "unknown key `x0`");
	assert_non_null(strstr(error.text, " more"));
}

static void test_no_file(void **state)
{
	(void)state;
	assert_false(settings_read(&settings, TEXT("/nowhere/wavu.yaml"), &error));
	assert_int_equal(error.code, ERROR_INVALID);
	assert_non_null(strstr(error.text, "WAVU_CONFIG"));
	assert_false(settings_read(&settings, text_of(folder), &error));
	assert_non_null(strstr(error.text, "no plain file"));
}

static void test_relative_file(void **state)
{
	(void)state;
	assert_true(read_text("state: s\n" TENANT));
	settings_free(&settings);
	assert_int_equal(chdir(folder), 0);
	assert_true(settings_read(&settings, TEXT("./wavu.yaml"), &error));
	expect(settings.file, path);
	expect_below(settings.state, "s");
	settings_free(&settings);
}

int main(void)
{
	if (!mkdtemp(folder))
		fatal("no temporary folder");
	(void)snprintf(path, sizeof(path), "%s/wavu.yaml", folder);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults), cmocka_unit_test(test_everything),
		cmocka_unit_test(test_mistakes), cmocka_unit_test(test_several_at_once),
		cmocka_unit_test(test_no_file),  cmocka_unit_test(test_relative_file),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(path);
	(void)rmdir(folder);
	return failed;
}
