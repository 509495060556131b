/* Each field that can be emptied, emptied on a simulated router of each version: then it reads as
 * its fallback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "ros_line.h"

#include "router/device.h"

static struct arena arena;
static struct ros *ros;
static struct device *device;

static const char *const versions[] = { "6.49.19", "7.9", "7.16.2", "7.18.2", "7.20.8", "7.24" };

/* A value other than the fallback, which every version takes. */
static const struct {
	const char *field, *value;
} samples[] = {
	{ "address", "192.168.10.50" },
	{ "address-list", "walled" },
	{ "caller-id", "AA:BB:CC:00:00:01" },
	{ "comment", "roof" },
	{ "disabled", "true" },
	{ "local-address", "10.9.0.1" },
	{ "mac-address", "AA:BB:CC:00:00:01" },
	{ "only-one", "yes" },
	{ "password", "x" },
	{ "profile", "other" },
	{ "rate-limit", "1000000/2000000" },
	{ "remote-address", "10.9.0.7" },
	{ "server", "hotspot1" },
	{ "service", "pppoe" },
	{ "shared-users", "5" },
};

static const char *sample_of(const char *field)
{
	for (size_t i = 0; i < ARRAY_COUNT(samples); i++)
		if (strcmp(samples[i].field, field) == 0)
			return samples[i].value;
	fail_msg("no sample for %s", field);
	return NULL;
}

static void write_one(struct write *write, const char *what)
{
	struct error error = { 0 };
	if (!device->verbs->write(device, write, 1, &arena, &error))
		fail_msg("%s: %s", what, error.text);
	if (write->end != WRITE_DONE)
		fail_msg("%s %s: %s", write->menu->path, what, write->error.text);
}

/* The keys of the one row that a menu is tried with. */
static uint32_t key_attributes(const struct menu *menu, struct attribute *out)
{
	static const char *const values[] = { "clear-me", "10.9.0.99" };
	for (uint32_t i = 0; i < menu->key_count; i++)
		out[i] = (struct attribute){ .name = menu->fields[i].name,
					     .value = text_of(values[i]) };
	if (menu->id != MENU_POOL)
		return menu->key_count;
	out[1] = (struct attribute){ .name = "ranges", .value = TEXT("10.9.1.1-10.9.1.9") };
	return 2;
}

static struct text read_field(const struct menu *menu, const char *field)
{
	struct text key = TEXT("clear-me");
	struct error error = { 0 };
	struct look look = {
		.menu = menu, .field = menu->fields[0].name, .values = &key, .value_count = 1
	};
	if (!device->verbs->look(device, &look, 1, &arena, &error))
		fail_msg("%s: %s", menu->path, error.text);
	assert_int_equal(look.table.count, 1);
	return row_get(&look.table.rows[0], menu, field);
}

static void check_field(const struct menu *menu, const struct field *field, struct text id,
			const char *version)
{
	struct attribute fill = { .name = field->name, .value = text_of(sample_of(field->name)) };
	struct attribute empty = { .name = field->name, .value = text_of(field->clear) };
	if (strcmp(field->clear, "!") == 0)
		empty = (struct attribute){ .name = field->name, .unset = true };
	struct write write = {
		.verb = VERB_SET, .menu = menu, .id = id, .attributes = &fill, .attribute_count = 1
	};
	write_one(&write, field->name);
	assert_true(text_equal(read_field(menu, field->name), fill.value));
	write.attributes = &empty;
	write_one(&write, field->name);
	struct text left = read_field(menu, field->name);
	if (!text_is(left, field->fallback))
		fail_msg("%s %s on %s: \"%.*s\" is left", menu->path, field->name, version,
			 TEXT_ARG(left));
}

static uint32_t check_menu(const struct menu *menu, const char *version)
{
	uint32_t count = 0;
	struct attribute keys[2];
	struct write add = { .verb = VERB_ADD, .menu = menu, .attributes = keys };
	add.attribute_count = key_attributes(menu, keys);
	write_one(&add, "add");
	for (uint32_t i = 0; i < menu->field_count; i++)
		if (menu->fields[i].clear) {
			check_field(menu, &menu->fields[i], add.new_id, version);
			count++;
		}
	struct write gone = { .verb = VERB_REMOVE, .menu = menu, .id = add.new_id };
	write_one(&gone, "remove");
	return count;
}

static void every_clear_leads_to_the_fallback(void **state)
{
	(void)state;
	for (size_t v = 0; v < ARRAY_COUNT(versions); v++) {
		struct error error = { 0 };
		uint32_t count = 0;
		arena_open(&arena, 16u << 20);
		ros = ros_new(&(struct ros_options){ .version = versions[v], .password = "x" });
		assert_true(ros_hand(ros, NULL, "/ppp/profile/add", "=name=other", NULL));
		assert_true(
		    ros_hand(ros, NULL, "/ip/hotspot/user/profile/add", "=name=other", NULL));
		assert_true(device_open_line(&device, ros_line_open(ros, NULL, NULL), TEXT("wavu"),
					     secret_of(TEXT("x")), &error));
		for (int i = 0; i < MENU_COUNT; i++) {
			const struct menu *menu = menu_of((enum menu_id)i);
			if (menu->writable && menu->shape == SHAPE_SET)
				count += check_menu(menu, versions[v]);
		}
		assert_true(count > 20);
		device_close(device);
		ros_free(ros);
		arena_close(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_clear_leads_to_the_fallback) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
