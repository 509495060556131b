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

/* A value other than the fallback, which every version takes; of one menu, or of all. */
static const struct {
	const char *menu, *field, *value;
} samples[] = {
	{ NULL, "address", "192.168.10.50" },
	{ NULL, "address-list", "walled" },
	{ NULL, "block-access", "true" },
	{ NULL, "burst-limit", "1000000/2000000" },
	{ NULL, "burst-threshold", "1000000/2000000" },
	{ NULL, "burst-time", "16s/8s" },
	{ NULL, "caller-id", "AA:BB:CC:00:00:01" },
	{ NULL, "comment", "roof" },
	{ NULL, "disabled", "true" },
	{ NULL, "dst-address", "10.9.0.0/24" },
	{ NULL, "dst-address-list", "!garden" },
	{ NULL, "dst-host", "pay.example.co.ke" },
	{ NULL, "dst-port", "80" },
	{ NULL, "local-address", "10.9.0.1" },
	{ NULL, "mac-address", "AA:BB:CC:00:00:01" },
	{ NULL, "max-limit", "1000000/2000000" },
	{ NULL, "only-one", "yes" },
	{ NULL, "parent", "total" },
	{ NULL, "password", "x" },
	{ NULL, "profile", "other" },
	{ NULL, "protocol", "tcp" },
	{ NULL, "rate-limit", "1000000/2000000" },
	{ NULL, "remote-address", "10.9.0.7" },
	{ "/ip/dhcp-server/lease", "server", "dhcp1" },
	{ NULL, "server", "hotspot1" },
	{ NULL, "service", "pppoe" },
	{ NULL, "shared-users", "5" },
	{ NULL, "src-address-list", "walled" },
	{ NULL, "to-addresses", "10.9.0.5" },
	{ NULL, "to-ports", "8080" },
	{ NULL, "type", "blocked" },
	{ "/ip/firewall/nat", "action", "masquerade" },
	{ "/ip/hotspot/walled-garden", "action", "deny" },
	{ NULL, "action", "drop" },
};

static const char *sample_of(const struct menu *menu, const char *field)
{
	for (size_t i = 0; i < ARRAY_COUNT(samples); i++)
		if (strcmp(samples[i].field, field) == 0 &&
		    (samples[i].menu == NULL || strcmp(samples[i].menu, menu->path) == 0))
			return samples[i].value;
	fail_msg("no sample for %s %s", menu->path, field);
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

/* What the one row of a menu is made of, beside what the test fills and empties. */
static const struct {
	enum menu_id menu;
	const char *field, *value;
} makings[] = {
	{ MENU_POOL, "ranges", "10.9.1.1-10.9.1.9" },
	{ MENU_QUEUE_SIMPLE, "target", "10.9.0.99/32" },
	{ MENU_FIREWALL_FILTER, "chain", "forward" },
	{ MENU_FIREWALL_NAT, "chain", "dstnat" },
	{ MENU_HOTSPOT_GARDEN, "dst-host", "other.example.org" },
	{ MENU_HOTSPOT_GARDEN_IP, "dst-host", "other.example.org" },
};

static uint32_t row_attributes(const struct menu *menu, struct attribute *out)
{
	static const struct {
		const char *field, *value;
	} keys[] = { { "address", "10.9.0.99" }, { "mac-address", "AA:BB:CC:00:00:77" } };
	uint32_t count = menu->key_count;
	for (uint32_t i = 0; i < count; i++) {
		out[i] = (struct attribute){ .name = menu->fields[i].name,
					     .value = TEXT("clear-me") };
		for (size_t k = 0; k < ARRAY_COUNT(keys); k++)
			if (strcmp(keys[k].field, menu->fields[i].name) == 0)
				out[i].value = text_of(keys[k].value);
	}
	for (size_t i = 0; i < ARRAY_COUNT(makings); i++)
		if (makings[i].menu == menu->id)
			out[count++] = (struct attribute){ .name = makings[i].field,
							   .value = text_of(makings[i].value) };
	return count;
}

static struct text read_field(const struct menu *menu, struct text id, const char *field)
{
	struct error error = { 0 };
	struct look look = { .menu = menu };
	if (!device->verbs->look(device, &look, 1, &arena, &error))
		fail_msg("%s: %s", menu->path, error.text);
	for (uint32_t i = 0; i < look.table.count; i++)
		if (text_equal(look.table.rows[i].id, id))
			return row_get(&look.table.rows[i], menu, field);
	fail_msg("%s: the row is gone", menu->path);
	return TEXT_NONE;
}

static void check_field(const struct menu *menu, const struct field *field, struct text id,
			const char *version)
{
	struct attribute fill = { .name = field->name,
				  .value = text_of(sample_of(menu, field->name)) };
	struct attribute empty = { .name = field->name, .value = text_of(field->clear) };
	if (strcmp(field->clear, "!") == 0)
		empty = (struct attribute){ .name = field->name, .unset = true };
	struct write write = {
		.verb = VERB_SET, .menu = menu, .id = id, .attributes = &fill, .attribute_count = 1
	};
	write_one(&write, field->name);
	assert_true(text_equal(read_field(menu, id, field->name), fill.value));
	write.attributes = &empty;
	write_one(&write, field->name);
	struct text left = read_field(menu, id, field->name);
	if (!text_is(left, field->fallback))
		fail_msg("%s %s on %s: \"%.*s\" is left", menu->path, field->name, version,
			 TEXT_ARG(left));
}

static uint32_t check_menu(const struct menu *menu, const char *version)
{
	uint32_t count = 0;
	struct attribute words[4];
	struct write add = { .verb = VERB_ADD, .menu = menu, .attributes = words };
	add.attribute_count = row_attributes(menu, words);
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

/* A script needs rights that this user has not (facts §6); the lease's own tests write it. */
static bool is_tried(const struct menu *menu)
{
	return menu->writable && menu->shape != SHAPE_SESSIONS && menu->id != MENU_SCRIPT &&
	       menu->id != MENU_SCHEDULER;
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
		assert_true(ros_hand(ros, NULL, "/queue/simple/add", "=name=total",
				     "=target=10.9.0.0/24", NULL));
		assert_true(device_open_line(&device, ros_line_open(ros, NULL, NULL), TEXT("wavu"),
					     secret_of(TEXT("x")), &error));
		for (int i = 0; i < MENU_COUNT; i++) {
			const struct menu *menu = menu_of((enum menu_id)i);
			if (is_tried(menu))
				count += check_menu(menu, versions[v]);
		}
		assert_true(count > 50);
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
