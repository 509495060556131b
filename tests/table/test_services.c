/* Every row of THE table of services: its menus fit together, its rows begin with their key, and a
 * golden plan shows it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "plan/services.h"

#define FILE_SIZE_MAX 65536

static const struct speed speed = { 10000000, 5000000 };

static struct package package_of(enum service service)
{
	struct package package = { .name = TEXT("home-10"), .service = service, .devices = 1 };

	package.speed = speed;
	return package;
}

static void menus_fit_together(void **state)
{
	uint32_t i, j;

	(void)state;
	for (i = 0; i < SERVICE_COUNT; i++) {
		const struct service_row *row = service_of((enum service)i);
		assert_int_equal(row->service, i);
		assert_true(strlen(row->help) > 10);
		assert_true(menu_field(menu_of(row->row_menu), "disabled") >= 0);
		/* Who has no session that could end is shut off by a list, and by nothing else. */
		assert_true(row->is_listed == (row->session_menu == MENU_COUNT));
		assert_true((row->profile != NULL) == (row->profile_menu != MENU_COUNT));
		if (!row->is_listed) {
			/* What is referred to comes first. */
			assert_true(row->profile_menu < row->row_menu);
			assert_true(row->row_menu < row->session_menu);
			assert_int_equal(menu_of(row->session_menu)->owner_menu, row->row_menu);
			assert_true(menu_field(menu_of(row->row_menu), "profile") >= 0);
			assert_true(menu_field(menu_of(row->row_menu), "password") >= 0);
			assert_true(menu_field(menu_of(row->profile_menu), "rate-limit") >= 0);
		}
		for (j = 0; j < i; j++)
			assert_string_not_equal(service_of((enum service)j)->name, row->name);
	}
}

static void rows_carry_exactly_what_was_sold(void **state)
{
	struct arena arena;
	uint32_t i;

	(void)state;
	arena_open(&arena, 1u << 20);
	for (i = 0; i < SERVICE_COUNT; i++) {
		const struct service_row *service = service_of((enum service)i);
		struct package package = package_of((enum service)i);
		struct router router = { .name = TEXT("r1"), .hotspot_server = TEXT("all") };
		struct subscriber subscriber = { .username = TEXT("jane"), .package = &package };
		const struct profile_wish profile = { .router = &router,
						      .package = &package,
						      .name = profile_name(&arena, &package),
						      .speed = speed,
						      .bursts = true };
		const struct row_wish wish = { .router = &router,
					       .subscriber = &subscriber,
					       .profile = profile.name,
					       .is_disabled = true,
					       .speed = speed,
					       .bursts = true };
		struct table profiles, rows;
		struct row *row;
		if (service->is_listed)
			continue;
		table_init(&profiles, menu_of(service->profile_menu));
		table_init(&rows, menu_of(service->row_menu));
		row = table_add(&profiles, &arena);
		service->profile(row, &profile, &arena);
		assert_true(text_is(row_key(row, profiles.menu, &arena), "wavu-home-10"));
		/* rx is the subscriber's upload. */
		assert_true(text_is(row_get(row, profiles.menu, "rate-limit"), "5000000/10000000"));
		row = table_add(&rows, &arena);
		service->row(row, &wish, &arena);
		assert_true(text_is(row_key(row, rows.menu, &arena), "jane"));
		assert_true(text_is(row_get(row, rows.menu, "disabled"), "true"));
		assert_true(text_is(row_get(row, rows.menu, "profile"), "wavu-home-10"));
		/* The password and the mark are the plan's business. */
		assert_false(row_has(row, (uint32_t)menu_field(rows.menu, "password")));
		assert_false(row_has(row, (uint32_t)menu_field(rows.menu, "comment")));
	}
	arena_close(&arena);
}

static void a_queue_carries_exactly_what_was_sold(void **state)
{
	const struct menu *menu = menu_of(MENU_QUEUE_SIMPLE);
	struct package package = package_of(SERVICE_STATIC);
	struct router router = { .name = TEXT("r1") };
	struct subscriber subscriber = { .username = TEXT("jane"),
					 .address = TEXT("10.9.0.42"),
					 .package = &package };
	struct row_wish wish = { .router = &router,
				 .subscriber = &subscriber,
				 .is_disabled = true,
				 .speed = speed,
				 .bursts = true };
	struct arena arena;
	struct table rows;
	struct row *row;

	(void)state;
	arena_open(&arena, 1u << 20);
	package.burst = (struct burst){ true, { 15000000, 8000000 }, { 8000000, 4000000 }, 76 };
	table_init(&rows, menu);
	row = table_add(&rows, &arena);
	service_static.row(row, &wish, &arena);
	assert_true(text_is(row_key(row, menu, &arena), "jane"));
	assert_true(text_is(row_get(row, menu, "target"), "10.9.0.42/32"));
	/* Upload first. */
	assert_true(text_is(row_get(row, menu, "max-limit"), "5000000/10000000"));
	assert_true(text_is(row_get(row, menu, "burst-limit"), "8000000/15000000"));
	assert_true(text_is(row_get(row, menu, "burst-threshold"), "4000000/8000000"));
	assert_true(text_is(row_get(row, menu, "burst-time"), "1m16s/1m16s"));
	/* Also who is shut off stays shaped; and what nobody declared is left alone. */
	assert_true(text_is(row_get(row, menu, "disabled"), "false"));
	assert_false(row_has(row, (uint32_t)menu_field(menu, "parent")));
	/* Throttled: no burst of the sold speed is left. */
	wish.bursts = false;
	router.static_parent = TEXT("total");
	row = table_add(&rows, &arena);
	service_static.row(row, &wish, &arena);
	assert_true(text_is(row_get(row, menu, "burst-limit"), "0/0"));
	assert_true(text_is(row_get(row, menu, "burst-time"), "0s/0s"));
	assert_true(text_is(row_get(row, menu, "parent"), "total"));
	assert_true((row->initial >> menu_field(menu, "max-limit") & 1u) != 0);
	wish.is_disabled = false;
	row = table_add(&rows, &arena);
	service_static.row(row, &wish, &arena);
	assert_int_equal(row->initial, 0);
	arena_close(&arena);
}

static void a_lease_is_for_one_device_and_blocked_without_a_wall(void **state)
{
	const struct menu *menu = menu_of(MENU_DHCP_LEASE);
	struct package package = package_of(SERVICE_IPOE);
	struct router router = { .name = TEXT("r1"), .dhcp_server = TEXT("dhcp1") };
	struct subscriber subscriber = { .username = TEXT("jane"),
					 .address = TEXT("10.30.0.42"),
					 .mac = TEXT("AA:BB:CC:DD:EE:FF"),
					 .package = &package };
	struct row_wish wish = { .router = &router,
				 .subscriber = &subscriber,
				 .is_disabled = true,
				 .speed = speed };
	struct arena arena;
	struct table rows;
	struct row *row;

	(void)state;
	arena_open(&arena, 1u << 20);
	table_init(&rows, menu);
	row = table_add(&rows, &arena);
	service_ipoe.dhcp_lease(row, &wish, &arena);
	assert_true(text_is(row_key(row, menu, &arena), "10.30.0.42"));
	assert_true(text_is(row_get(row, menu, "mac-address"), "AA:BB:CC:DD:EE:FF"));
	assert_true(text_is(row_get(row, menu, "server"), "dhcp1"));
	assert_true(text_is(row_get(row, menu, "block-access"), "false"));
	/* Also who is shut off keeps his lease: his address is not another's. */
	assert_true(text_is(row_get(row, menu, "disabled"), "false"));
	wish.is_blocked = true;
	row = table_add(&rows, &arena);
	service_ipoe.dhcp_lease(row, &wish, &arena);
	assert_true(text_is(row_get(row, menu, "block-access"), "true"));
	/* And his queue is a static customer's. */
	assert_true(service_ipoe.row == service_static.row);
	arena_close(&arena);
}

static void profile_names_are_short_stable_and_apart(void **state)
{
	struct package package = package_of(SERVICE_PPPOE);
	const struct speed odd = { UINT64_C(1234567890123456789), UINT64_C(987654321987654321) };
	const struct speed odd_too = { UINT64_C(1234567890123456789),
				       UINT64_C(987654321987654322) };
	struct arena arena;
	struct text name;

	(void)state;
	arena_open(&arena, 1u << 20);
	package.name = TEXT("a-name-of-thirty-two-characters-x");
	assert_true(profile_name(&arena, &package).size <= 63);
	assert_true(profile_name_walled(&arena, &package).size <= 63);
	name = profile_name_throttled(&arena, &package, odd);
	assert_true(name.size <= 63);
	assert_false(text_equal(name, profile_name_throttled(&arena, &package, odd_too)));
	assert_true(profile_is_walled(profile_name_walled(&arena, &package)));
	assert_false(profile_is_walled(name));
	package.name = TEXT("home");
	assert_true(
	    text_is(profile_name_throttled(&arena, &package, (struct speed){ 1500000, 512000 }),
		    "wavu-home.throttled-1500k-512k"));
	arena_close(&arena);
}

static void a_golden_plan_shows_every_service(void **state)
{
	static char bytes[FILE_SIZE_MAX];
	const char *source = getenv("WAVU_SOURCE");
	char path[1024];
	FILE *file;
	size_t size;
	uint32_t i;

	(void)state;
	if (!source) {
		print_message("WAVU_SOURCE is not set: run it by ctest\n");
		skip();
	}
	(void)snprintf(path, sizeof(path), "%s/tests/golden/plan/all-states/plan.txt", source);
	file = fopen(path, "rb");
	assert_non_null(file);
	size = fread(bytes, 1, sizeof(bytes) - 1, file);
	bytes[size] = '\0';
	(void)fclose(file);
	for (i = 0; i < SERVICE_COUNT; i++) {
		const struct service_row *row = service_of((enum service)i);
		char words[64];
		(void)snprintf(words, sizeof(words), "add %s ", menu_of(row->row_menu)->path);
		assert_non_null(strstr(bytes, words));
		if (row->is_listed) {
			assert_non_null(strstr(bytes, "add /ip/firewall/address-list "));
			continue;
		}
		(void)snprintf(words, sizeof(words), "disconnect %s ",
			       menu_of(row->session_menu)->path);
		assert_non_null(strstr(bytes, words));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(menus_fit_together),
		cmocka_unit_test(rows_carry_exactly_what_was_sold),
		cmocka_unit_test(a_queue_carries_exactly_what_was_sold),
		cmocka_unit_test(a_lease_is_for_one_device_and_blocked_without_a_wall),
		cmocka_unit_test(profile_names_are_short_stable_and_apart),
		cmocka_unit_test(a_golden_plan_shows_every_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
