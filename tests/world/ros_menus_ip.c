/* Queues, address lists, firewall rules, pools. Sources as in ros_menus_ppp.c. */
#include "world/ros_inside.h"

#define LIST_VERBS \
	(ROS_VERB_BIT(ROS_VERB_ADD) | ROS_VERB_BIT(ROS_VERB_SET) | ROS_VERB_BIT(ROS_VERB_REMOVE))
#define SWITCH_VERBS (ROS_VERB_BIT(ROS_VERB_ENABLE) | ROS_VERB_BIT(ROS_VERB_DISABLE))
#define COMMENT_VERB ROS_VERB_BIT(ROS_VERB_COMMENT)
#define MOVE_VERB ROS_VERB_BIT(ROS_VERB_MOVE)

#define QUEUE_TYPES                                                                            \
	"default|default-small|ethernet-default|hotspot-default|multi-queue-ethernet-default|" \
	"only-hardware-queue|pcq-download-default|pcq-upload-default|synchronous-default|"     \
	"wireless-default"

/* What the router made itself is not for others to change; the text is ours, no source has it. */
static bool queue_may_write(struct ros *ros, const struct ros_row *row, struct ros_refusal *refusal)
{
	(void)ros;
	if (row->is_dynamic)
		return ros_refuse(refusal, -1, "failure: can not change dynamic queue");
	return true;
}

static bool queue_may_remove(struct ros *ros, const struct ros_row *row,
			     struct ros_refusal *refusal)
{
	(void)ros;
	if (row->is_dynamic)
		return ros_refuse(refusal, -1, "failure: can not remove dynamic queue");
	return true;
}

/* clang-format off */

/* These defaults are always printed (§3, recorded row). */
static const struct ros_field queue_fields[] = {
	{ .name = "name", .flags = ROS_EMPTY_REFUSED },
	{ .name = "target", .kind = ROS_KIND_TARGETS, .flags = ROS_REQUIRED | ROS_UNSET },
	{ .name = "dst", .kind = ROS_KIND_TARGETS, .flags = ROS_UNSET | ROS_EMPTY_ABSENT },
	{ .name = "parent", .kind = ROS_KIND_REFERENCE, .initial = "none", .words = "none",
	  .refers = "/queue/simple" },
	{ .name = "packet-marks", .initial = "" },
	{ .name = "priority", .kind = ROS_KIND_NUMBERS, .initial = "8/8" },
	{ .name = "queue", .kind = ROS_KIND_TYPES, .initial = "default-small/default-small",
	  .words = QUEUE_TYPES },
	{ .name = "limit-at", .kind = ROS_KIND_RATES, .initial = "0/0" },
	{ .name = "max-limit", .kind = ROS_KIND_RATES, .initial = "0/0" },
	{ .name = "burst-limit", .kind = ROS_KIND_RATES, .initial = "0/0" },
	{ .name = "burst-threshold", .kind = ROS_KIND_RATES, .initial = "0/0" },
	{ .name = "burst-time", .kind = ROS_KIND_SPANS, .initial = "0s/0s" },
	{ .name = "bucket-size", .kind = ROS_KIND_DECIMALS, .initial = "0.1/0.1" },
	{ .name = "time", .flags = ROS_UNSET | ROS_EMPTY_ABSENT },
	{ .name = "total-queue", .kind = ROS_KIND_WORD, .words = QUEUE_TYPES },
	{ .name = "total-priority", .kind = ROS_KIND_NUMBER },
	{ .name = "total-limit-at" },
	{ .name = "total-max-limit" },
	{ .name = "total-burst-limit" },
	{ .name = "total-burst-threshold" },
	{ .name = "total-burst-time", .kind = ROS_KIND_SPAN },
	{ .name = "total-bucket-size" },
	{ .name = "bytes", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_queue_bytes },
	{ .name = "total-bytes", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_queue_total_bytes },
	{ .name = "packets", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_queue_packets },
	{ .name = "total-packets", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_queue_total_packets },
	{ .name = "dropped", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_zeroes },
	{ .name = "total-dropped", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_zero },
	{ .name = "rate", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED, .show = ros_show_zeroes },
	{ .name = "total-rate", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_zero },
	{ .name = "packet-rate", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_zeroes },
	{ .name = "total-packet-rate", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_zero },
	{ .name = "queued-packets", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_zeroes },
	{ .name = "total-queued-packets", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_zero },
	{ .name = "queued-bytes", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_zeroes },
	{ .name = "total-queued-bytes", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_zero },
	{ .name = "invalid", .kind = ROS_KIND_SHOWN, .show = ros_show_false },
	{ .name = "dynamic", .kind = ROS_KIND_SHOWN, .show = ros_show_dynamic },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

const struct ros_menu ros_menu_queue_simple = {
	.path = "/queue/simple",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB | MOVE_VERB |
		 ROS_VERB_BIT(ROS_VERB_UNSET) | ROS_VERB_BIT(ROS_VERB_RESET_COUNTERS),
	.fields = queue_fields,
	.name_field = "name",
	.duplicate = "failure: already have such name", /* §1.5 */
	.first_id = 1,
	.may_write = queue_may_write,
	.may_remove = queue_may_remove,
};

static const struct ros_field list_fields[] = {
	{ .name = "list", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "address", .kind = ROS_KIND_LISTED, .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "creation-time", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,
	  .show = ros_show_created },
	/* Counts down at every read (§3). */
	{ .name = "timeout", .kind = ROS_KIND_SPAN, .flags = ROS_COUNTED,
	  .show = ros_show_timeout },
	{ .name = "dynamic", .kind = ROS_KIND_BOOL, .show = ros_show_dynamic },
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

const struct ros_menu ros_menu_address_list = {
	.path = "/ip/firewall/address-list",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB,
	.fields = list_fields,
	.hash_field = "address",
	.also_field = "list",
	.duplicate = "failure: already have such entry", /* §1.5 */
	.first_id = 1,
};

#define RULE_FIELDS                                                                               \
	{ .name = "src-address", .flags = ROS_UNSET },                                            \
	{ .name = "dst-address", .flags = ROS_UNSET },                                            \
	{ .name = "src-address-list", .flags = ROS_UNSET },                                       \
	{ .name = "dst-address-list", .flags = ROS_UNSET },                                       \
	{ .name = "protocol", .flags = ROS_UNSET },                                               \
	{ .name = "src-port", .flags = ROS_UNSET },                                               \
	{ .name = "dst-port", .flags = ROS_UNSET },                                               \
	{ .name = "in-interface", .flags = ROS_UNSET },                                           \
	{ .name = "out-interface", .flags = ROS_UNSET },                                          \
	{ .name = "in-interface-list", .flags = ROS_UNSET },                                      \
	{ .name = "out-interface-list", .flags = ROS_UNSET },                                     \
	{ .name = "connection-state", .flags = ROS_UNSET },                                       \
	{ .name = "hotspot", .flags = ROS_UNSET },                                                \
	{ .name = "jump-target", .flags = ROS_UNSET },                                            \
	{ .name = "log", .kind = ROS_KIND_BOOL, .initial = "false" },                             \
	{ .name = "log-prefix", .initial = "" },                                                  \
	{ .name = "bytes", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED, .show = ros_show_zero }, \
	{ .name = "packets", .kind = ROS_KIND_SHOWN, .flags = ROS_COUNTED,                        \
	  .show = ros_show_zero },                                                                \
	{ .name = "invalid", .kind = ROS_KIND_SHOWN, .show = ros_show_false },                    \
	{ .name = "dynamic", .kind = ROS_KIND_SHOWN, .show = ros_show_dynamic },                  \
	{ .name = "disabled", .kind = ROS_KIND_BOOL, .initial = "false" },                        \
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET }

/* No fact tells these menus' arguments; they are what the manual's examples use. */
static const struct ros_field filter_fields[] = {
	{ .name = "chain", .flags = ROS_REQUIRED },
	{ .name = "action", .kind = ROS_KIND_WORD, .initial = "accept",
	  .words = "accept|drop|reject|fasttrack-connection|jump|return|log|passthrough|"
		   "add-src-to-address-list|add-dst-to-address-list|tarpit" },
	{ .name = "reject-with", .flags = ROS_UNSET },
	RULE_FIELDS,
	{ .name = NULL },
};

const struct ros_menu ros_menu_filter = {
	.path = "/ip/firewall/filter",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB | MOVE_VERB |
		  ROS_VERB_BIT(ROS_VERB_UNSET),
	.fields = filter_fields,
	.first_id = 1,
};

static const struct ros_field nat_fields[] = {
	{ .name = "chain", .flags = ROS_REQUIRED },
	{ .name = "action", .kind = ROS_KIND_WORD, .initial = "accept",
	  .words = "accept|dst-nat|src-nat|masquerade|redirect|netmap|same|jump|return|log|"
		   "passthrough" },
	{ .name = "to-addresses", .flags = ROS_UNSET },
	{ .name = "to-ports", .flags = ROS_UNSET },
	RULE_FIELDS,
	{ .name = NULL },
};

const struct ros_menu ros_menu_nat = {
	.path = "/ip/firewall/nat",
	.verbs = LIST_VERBS | SWITCH_VERBS | COMMENT_VERB | MOVE_VERB |
		  ROS_VERB_BIT(ROS_VERB_UNSET),
	.fields = nat_fields,
	.first_id = 1,
};

static const struct ros_field pool_fields[] = {
	{ .name = "name", .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "ranges", .kind = ROS_KIND_RANGES, .flags = ROS_REQUIRED | ROS_EMPTY_REFUSED },
	{ .name = "next-pool", .kind = ROS_KIND_REFERENCE, .words = "none", .refers = "/ip/pool",
	  .clear = "none" },
	{ .name = "comment", .flags = ROS_EMPTY_ABSENT | ROS_UNSET },
	{ .name = NULL },
};

const struct ros_menu ros_menu_pool = {
	.path = "/ip/pool",
	.verbs = LIST_VERBS | COMMENT_VERB,
	.fields = pool_fields,
	.name_field = "name",
	.duplicate = "failure: pool with such name exists", /* §1.5 */
	.first_id = 1,
};

/* clang-format on */
