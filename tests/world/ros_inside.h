/*
 * What the files of the simulated router share: its types and the functions between them.
 * Nothing here is for tests; they use ros.h. Rows and values belong to their table.
 * Never blocks. One thread at a time per router.
 */
#pragma once

#include "world/ros.h"

#define ROS_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROS_NEVER INT64_MAX
#define ROS_SECOND INT64_C(1000000)

/* ---- bytes (ros_bytes.c) --------------------------------------------------------------------- */

struct ros_buffer {
	char *bytes;
	size_t size;
	size_t room;
};

/* Memory or death: a test that runs out of it has nothing to say. */
void *ros_allocate(size_t size);
char *ros_copy(const char *bytes, size_t size);

void ros_buffer_add(struct ros_buffer *buffer, const char *bytes, size_t size);
void ros_buffer_text(struct ros_buffer *buffer, const char *text);
void ros_buffer_print(struct ros_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void ros_buffer_cut(struct ros_buffer *buffer, size_t size);
void ros_buffer_done(struct ros_buffer *buffer);
struct ros_text ros_buffer_view(const struct ros_buffer *buffer);

struct ros_text ros_text_of(const char *text);
bool ros_text_is(struct ros_text text, const char *other);
bool ros_text_same(struct ros_text one, struct ros_text other);
int ros_text_compare(struct ros_text one, struct ros_text other);
/* Cuts the part before `mark` off `rest`; the last part has no mark. False at the end. */
bool ros_text_cut(struct ros_text *rest, char mark, struct ros_text *part);
bool ros_text_number(struct ros_text text, uint64_t *out);
bool ros_text_holds(struct ros_text text, char byte);
uint32_t ros_text_hash(struct ros_text text);

/* ---- the wire (ros_wire.c) ------------------------------------------------------------------- */

/* No published limit; a query for many names at once must fit. */
#define ROS_WORDS_MAX 4096

struct ros_sentence {
	struct ros_text words[ROS_WORDS_MAX];
	size_t count;
};

enum ros_wire {
	ROS_WIRE_MORE, /* not a whole sentence yet */
	ROS_WIRE_WHOLE,
	ROS_WIRE_BROKEN, /* a control byte, or beyond a limit: nobody can go on */
};

void ros_wire_word(struct ros_buffer *out, const char *bytes, size_t size);
/* Reads one sentence at the front of `bytes`; `used` is how long it was. Words lie in `bytes`. */
enum ros_wire ros_wire_sentence(struct ros_sentence *out, const char *bytes, size_t size,
				size_t limit, size_t *used);
/* The length at the front: 1 read, 0 more bytes are needed, -1 a control byte. */
int ros_wire_length(const char *bytes, size_t size, uint64_t *length, size_t *used);

/* ---- values (ros_value.c) -------------------------------------------------------------------- */

enum ros_kind {
	ROS_KIND_TEXT,
	ROS_KIND_BOOL,
	ROS_KIND_WORD,    /* one of `words` */
	ROS_KIND_BITS,    /* several of `words` */
	ROS_KIND_SPAN,    /* a duration, or one of `words` */
	ROS_KIND_NUMBER,  /* or one of `words` */
	ROS_KIND_ADDRESS, /* IPv4 */
	ROS_KIND_MAC,
	ROS_KIND_RANGES,   /* IPv4 ranges, several */
	ROS_KIND_PREFIXES, /* IPv4 networks, several; "" is none */
	ROS_KIND_LISTED,   /* a range or a host name */
	ROS_KIND_TARGETS,  /* of a queue: networks or interfaces */
	ROS_KIND_POLICY,
	ROS_KIND_REFERENCE, /* a row of `refers`, or one of `words` */
	ROS_KIND_LEASE,     /* an IPv4 address, or a row of `refers` (a pool) */
	ROS_KIND_RATES,     /* pairs upload/download */
	ROS_KIND_NUMBERS,
	ROS_KIND_SPANS,
	ROS_KIND_TYPES, /* two of `words` */
	ROS_KIND_DECIMALS,
	ROS_KIND_SHOWN, /* computed when read */
};

struct ros_refusal {
	int category; /* -1: none is sent */
	char text[240];
};

bool ros_refuse(struct ros_refusal *refusal, int category, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

struct ros_field;
/* Writes the form that is read back. False: refused. References are not for this one. */
bool ros_value_read_back(const struct ros_field *field, struct ros_text in, struct ros_buffer *out,
			 struct ros_refusal *refusal);

/* Milliseconds of `1w2d3h4m5s`, `26:00:00`, `90`. */
bool ros_span_parse(struct ros_text text, int64_t *out_ms);
void ros_span_print(struct ros_buffer *out, int64_t ms);
bool ros_address_parse(struct ros_text text, uint32_t *out);
void ros_address_print(struct ros_buffer *out, uint32_t address);
bool ros_mac_print(struct ros_buffer *out, struct ros_text text);
/* First and last address of `a`, `a/n`, `a-b`. */
bool ros_range_parse(struct ros_text text, uint32_t *first, uint32_t *last);
/* Bits per second of `10M`. */
bool ros_rate_parse(struct ros_text text, uint64_t *out);
/* Which of the words (`a|b|c`) it is, exactly or by a unique beginning; -1 none, -2 several. */
int ros_word_find(const char *words, struct ros_text text, struct ros_text *found);

/* ---- menus (ros_menus_*.c) ------------------------------------------------------------------- */

struct ros_row;
struct ros_value;
struct ros_call;

enum ros_flag {
	ROS_REQUIRED = 1,       /* refused without, on add */
	ROS_UNSET = 2,          /* `=!name=` and unset make it absent */
	ROS_SECRET = 4,         /* a placeholder without policy `sensitive` */
	ROS_HIDDEN = 8,         /* never read back */
	ROS_FIXED = 16,         /* cannot be written */
	ROS_EMPTY_ABSENT = 32,  /* an empty value is absent */
	ROS_EMPTY_REFUSED = 64, /* an empty value is refused */
	ROS_COUNTED = 128,      /* moves by itself: not in a dump */
};

struct ros_field {
	const char *name;
	enum ros_kind kind;
	unsigned flags;
	const char *initial; /* of a new row; NULL: absent */
	const char *words;
	const char *refers;
	const char *clear; /* written so, it becomes absent */
	uint32_t since;    /* 71600 is 7.16 */
	uint32_t until;
	bool (*show)(const struct ros *, const struct ros_row *, struct ros_buffer *);
};

enum ros_shape {
	ROS_SHAPE_LIST,
	ROS_SHAPE_SINGLE,
};

enum ros_verb {
	ROS_VERB_PRINT,
	ROS_VERB_GETALL,
	ROS_VERB_LISTEN,
	ROS_VERB_ADD,
	ROS_VERB_SET,
	ROS_VERB_REMOVE,
	ROS_VERB_ENABLE,
	ROS_VERB_DISABLE,
	ROS_VERB_COMMENT,
	ROS_VERB_UNSET,
	ROS_VERB_MOVE,
	ROS_VERB_RESET_COUNTERS,
	ROS_VERB_LOGIN,
	ROS_VERB_MAKE_BINDING,
	ROS_VERB_REQUEST_LOGOUT,
	ROS_VERB_REBOOT,
	ROS_VERB_RUN,
	ROS_VERB_COUNT,
};

#define ROS_VERB_BIT(verb) (1u << (verb))

struct ros_menu {
	const char *path;
	enum ros_shape shape;
	unsigned verbs; /* beyond print, getall and listen */
	const struct ros_field *fields;
	const char *name_field; /* NULL: rows have no name */
	const char *also_field; /* unique together with it */
	const char *hash_field; /* when rows have no name but a key */
	const char *duplicate;  /* the refusal; NULL: not unique */
	uint32_t first_id;
	uint32_t since;    /* the version that brought it; 0: any */
	bool needs_policy; /* writing needs `policy`, not `write` */
	/* All may be NULL. `row` is NULL in check() of an add; values are by field. */
	bool (*may_write)(struct ros *, const struct ros_row *, struct ros_refusal *);
	bool (*may_remove)(struct ros *, const struct ros_row *, struct ros_refusal *);
	void (*removed)(struct ros *, struct ros_row *);
	void (*added)(struct ros *, struct ros_row *);
	/* Refusals of a twin that one duplicate text does not tell; `row` as above. */
	bool (*clashes)(struct ros *, const struct ros_row *, const struct ros_value *,
			struct ros_refusal *);
};

#define ROS_MENUS_MAX 40
#define ROS_FIELDS_MAX 48

/* All menus; the order is that of ros_menu_path(). */
extern const struct ros_menu *const ros_menus[];
size_t ros_menus_count(void);

extern const struct ros_menu ros_menu_ppp_secret, ros_menu_ppp_profile, ros_menu_ppp_active,
    ros_menu_ppp_aaa, ros_menu_pppoe_server;
extern const struct ros_menu ros_menu_hotspot, ros_menu_hotspot_profile, ros_menu_hotspot_user,
    ros_menu_hotspot_user_profile, ros_menu_hotspot_active, ros_menu_hotspot_cookie,
    ros_menu_hotspot_host, ros_menu_ip_binding, ros_menu_walled_garden, ros_menu_walled_garden_ip;
extern const struct ros_menu ros_menu_queue_simple, ros_menu_address_list, ros_menu_filter,
    ros_menu_nat, ros_menu_pool, ros_menu_dhcp_server, ros_menu_dhcp_lease;
extern const struct ros_menu ros_menu_service, ros_menu_webserver, ros_menu_user, ros_menu_group,
    ros_menu_user_active,
    ros_menu_resource, ros_menu_identity, ros_menu_clock, ros_menu_device_mode,
    ros_menu_interface, ros_menu_system,
    ros_menu_script, ros_menu_scheduler;

/* ---- rows (ros_table.c) ---------------------------------------------------------------------- */

enum ros_state {
	ROS_STATE_ABSENT,
	ROS_STATE_TEXT,
	ROS_STATE_TARGET, /* a row of another menu, by id; it may be gone */
};

struct ros_value {
	enum ros_state state;
	uint32_t target;
	uint32_t size;
	char *bytes;
};

/* What only live rows have: sessions, hosts, cookies. */
struct ros_live {
	int64_t began_at;
	bool shaped;
	uint64_t upload, download;
	uint64_t bytes_in, bytes_out;
	uint32_t address;
	uint32_t owner; /* the secret or user that let it in */
	uint32_t queue;
	bool has_queue;
	uint32_t entries[8]; /* its rows in the address list */
	size_t entry_count;
	bool is_mac_cookie;
	bool is_bypassed;
	bool is_blocked;
	bool is_authorized;
	char *password;      /* of a cookie, as it was at the login */
	int64_t lifetime_us; /* of a cookie */
};

struct ros_row {
	struct ros_row *next, *previous;
	struct ros_row *next_by_id, *next_by_key;
	uint32_t id;
	uint32_t hash;
	bool is_dynamic;
	bool is_builtin;
	int64_t created_at;
	int64_t ends_at; /* ROS_NEVER, or when it vanishes */
	int64_t turn;    /* of a schedule's interval; the one that ran last */
	uint64_t run_count;
	int64_t used_us; /* a hotspot user's time online, of ended sessions */
	uint64_t bytes_in, bytes_out;
	uint32_t next_lease; /* a pool's hint where to look */
	struct ros_live *live;
	struct ros_value values[];
};

struct ros_table {
	const struct ros_menu *menu;
	size_t field_count;
	size_t count;
	uint32_t next_id;
	struct ros_row *first, *last;
	struct ros_row **by_id, **by_key;
	size_t slots;
	int name_index, also_index, hash_index, disabled_index;
};

struct ros_table *ros_table_of(const struct ros *ros, const struct ros_menu *menu);
const struct ros_menu *ros_menu_find(struct ros_text path);
int ros_field_index(const struct ros_table *table, struct ros_text name);
/* Asserts that the field exists. */
size_t ros_field_at(const struct ros_table *table, const char *name);
bool ros_field_is_known(const struct ros *ros, const struct ros_field *field);

void ros_table_init(struct ros_table *table, const struct ros_menu *menu);
void ros_table_done(struct ros_table *table);
struct ros_row *ros_row_new(const struct ros_table *table);
void ros_row_free(const struct ros_table *table, struct ros_row *row);
/* Takes the row in, with the next id; `before` NULL: at the end. */
void ros_row_insert(struct ros *ros, struct ros_table *table, struct ros_row *row,
		    struct ros_row *before);
void ros_row_insert_as(struct ros *ros, struct ros_table *table, struct ros_row *row, uint32_t id);
/* Tells listeners, lets go of what hangs on it, frees it. */
void ros_row_remove(struct ros *ros, struct ros_table *table, struct ros_row *row);
void ros_row_move(struct ros_table *table, struct ros_row *row, struct ros_row *before);
/* After the key was written. */
void ros_row_rehash(struct ros_table *table, struct ros_row *row);

struct ros_row *ros_row_by_id(const struct ros_table *table, uint32_t id);
struct ros_row *ros_row_by_name(const struct ros *ros, const struct ros_table *table,
				struct ros_text name);
/* By `*1F`, or by name. */
struct ros_row *ros_row_which(const struct ros *ros, const struct ros_table *table,
			      struct ros_text which);
/* A row other than `self` with these key values. */
struct ros_row *ros_row_twin(const struct ros *ros, const struct ros_table *table,
			     const struct ros_row *self, const struct ros_value *values);

void ros_value_set(struct ros_value *value, struct ros_text text);
void ros_value_clear(struct ros_value *value);
void ros_value_copy(struct ros_value *to, const struct ros_value *from);
bool ros_value_same(const struct ros_value *one, const struct ros_value *other);
/* What print shows. False: absent. */
bool ros_field_show(const struct ros *ros, const struct ros_table *table, const struct ros_row *row,
		    size_t field, struct ros_buffer *out);
/* The stored text; empty when absent. References are resolved. Lives until the value changes. */
struct ros_text ros_row_text(const struct ros *ros, const struct ros_table *table,
			     const struct ros_row *row, const char *field);
struct ros_row *ros_row_target(const struct ros *ros, const struct ros_table *table,
			       const struct ros_row *row, const char *field);
void ros_row_put(struct ros_table *table, struct ros_row *row, const char *field, const char *text);
bool ros_row_flag(const struct ros *ros, const struct ros_table *table, const struct ros_row *row,
		  const char *field);

/* ---- the router ------------------------------------------------------------------------------ */

enum ros_policy {
	ROS_POLICY_READ = 1,
	ROS_POLICY_WRITE = 2,
	ROS_POLICY_POLICY = 4,
	ROS_POLICY_API = 8,
	ROS_POLICY_SENSITIVE = 16,
	ROS_POLICY_REBOOT = 32,
	ROS_POLICY_REST = 64,
	ROS_POLICY_ALL = 127,
};

struct ros_armed {
	bool is_armed;
	enum ros_cut how;
	uint64_t after;
	uint32_t times;
	bool endless;
	int64_t delay_us;
	char text[160];
	uint64_t seen;
	uint64_t fired;
};

struct ros_written {
	int64_t at;
	bool done;
	char *command;
	char *outcome;
};

struct ros_cpe {
	struct ros_cpe *next;
	int64_t dial_at;
	char *name, *password, *caller_id;
};

#define ROS_LOG_MAX 65536
#define ROS_REST_USERS_MAX 8

/* REST runs the requests of one user one after the other (§2). */
struct ros_rest_queue {
	uint32_t user;   /* its id; 0: free */
	int64_t busy_at; /* until then one is running */
};

struct ros {
	uint32_t version; /* 71602 */
	char *version_text;
	int64_t now_at;
	int64_t clock_error_us;
	int32_t gmt_offset_s;
	int64_t booted_at;
	int64_t up_at;
	int64_t due_at;
	bool reboot_asked;
	bool is_rebooting;      /* nothing is written any more: the power is gone */
	const char *end_reason; /* why sessions end just now; NULL: somebody removed them */
	int64_t latency_us;
	uint64_t random;
	size_t rows_max;
	size_t row_count;
	uint64_t writes_done_total;
	struct ros_table tables[ROS_MENUS_MAX];
	struct ros_session *sessions;
	uint32_t next_session_id;
	struct ros_rest_queue rest_queues[ROS_REST_USERS_MAX];
	struct ros_cpe *cpes;
	struct ros_armed faults[ROS_FAULT_COUNT];
	struct ros_counters counters;
	uint64_t asked[ROS_MENUS_MAX][ROS_VERB_COUNT];
	struct ros_written *log;
	size_t log_first, log_count;
	struct ros_buffer scratch; /* what ros_row_read() returns */
};

/* ---- commands -------------------------------------------------------------------------------- */

struct ros_argument {
	struct ros_text name;
	struct ros_text value;
};

/* One command on its way: from a session, or by hand when `session` is NULL. */
struct ros_call {
	struct ros *ros;
	struct ros_session *session;
	struct ros_buffer *out; /* where rows go; NULL by hand */
	struct ros_table *table;
	enum ros_verb verb;
	unsigned policy;
	bool has_tag;
	struct ros_text tag;
	struct ros_argument *arguments; /* made by ros_call_parse() */
	size_t argument_count;
	struct ros_text *queries;
	size_t query_count;
	size_t changed;       /* values that a set really changed */
	size_t rows;          /* rows a print has sent */
	bool counted;         /* count-only: there is a `ret`, but no !empty */
	bool keeps_running;   /* listen: no !done */
	unsigned depth;       /* how many scripts it is inside of */
	bool no_apply;        /* the LIE fault: check everything, do nothing */
	bool is_lost;         /* the menu is unknown: before 7 that takes two traps */
	struct ros_text lost; /* the first part of the path that is unknown */
	char ret[24];
	struct ros_refusal refusal;
};

/* Runs a parsed command; false: call->refusal says why. (ros_command.c) */
bool ros_call_run(struct ros_call *call);
bool ros_call_parse(struct ros_call *call, const struct ros_text *words, size_t count);
void ros_call_done(struct ros_call *call);
const struct ros_argument *ros_call_argument(const struct ros_call *call, const char *name);
const char *ros_verb_name(enum ros_verb verb);
bool ros_verb_is_write(enum ros_verb verb);

/* Reply words. (ros_command.c) */
void ros_reply_begin(struct ros_buffer *out, const char *word, const struct ros_text *tag);
void ros_reply_attribute(struct ros_buffer *out, const char *name, struct ros_text value);
void ros_reply_end(struct ros_buffer *out);
void ros_reply_trap(struct ros_buffer *out, const struct ros_text *tag,
		    const struct ros_refusal *refusal);

/* Queries: whether a row passes. (ros_query.c) */
bool ros_query_pass(const struct ros *ros, const struct ros_table *table, const struct ros_row *row,
		    const struct ros_text *words, size_t count, struct ros_buffer *scratch);
/* The one key that a query asks for and the table can find without a walk. */
bool ros_query_key(const struct ros_table *table, const struct ros_text *words, size_t count,
		   struct ros_text *key);

/* ros_print.c */
bool ros_print(struct ros_call *call);
bool ros_listen(struct ros_call *call);
/* Which properties are wanted, found once per command. */
struct ros_selection {
	bool has_id;
	bool sensitive;
	bool fields[ROS_FIELDS_MAX];
};

void ros_selection_fill(struct ros_selection *selection, const struct ros_call *call);
/* One !re. */
void ros_print_row(struct ros_buffer *out, const struct ros *ros, const struct ros_table *table,
		   const struct ros_row *row, const struct ros_selection *selection,
		   const struct ros_text *tag);

/* ros_write.c */
bool ros_add(struct ros_call *call);
bool ros_set(struct ros_call *call);
bool ros_remove(struct ros_call *call);
bool ros_enable(struct ros_call *call);
bool ros_disable(struct ros_call *call);
bool ros_unset(struct ros_call *call);
bool ros_move(struct ros_call *call);
bool ros_reset_counters(struct ros_call *call);
/* The rows named by `.id` or `numbers`. */
bool ros_call_rows(struct ros_call *call, struct ros_row ***rows, size_t *count);

/* Checks one value and stores what is read back. (ros_check.c) */
bool ros_check_value(struct ros *ros, struct ros_table *table, size_t field, struct ros_text in,
		     struct ros_value *out, const struct ros_row *row, struct ros_refusal *refusal);
bool ros_refuse_gone(const struct ros *ros, struct ros_refusal *refusal);

/* Makes a row from name and value pairs, without checks: what the router itself adds. The list ends
 * with NULL. References are written by name. */
struct ros_row *ros_row_make(struct ros *ros, const struct ros_menu *menu, ...)
    __attribute__((sentinel));
/* As a list, already in the table or not. */
void ros_row_default(const struct ros *ros, struct ros_table *table, struct ros_row *row);
void ros_row_write(struct ros *ros, struct ros_table *table, struct ros_row *row, const char *field,
		   struct ros_text text);

/* ---- users (ros_user.c) ---------------------------------------------------------------------- */

/* What the user may; false: wrong name, password, or disabled. */
bool ros_user_login(struct ros *ros, struct ros_text name, struct ros_text password,
		    unsigned *policy, struct ros_row **user);
/* The same for the challenge of routers before 6.43. */
bool ros_user_answer(struct ros *ros, struct ros_text name, struct ros_text response,
		     const unsigned char *challenge, size_t size, unsigned *policy,
		     struct ros_row **user);
void ros_policy_read_back(const struct ros *ros, struct ros_text in, struct ros_text before,
			  struct ros_buffer *out);
bool ros_policy_check(const struct ros *ros, struct ros_text in);
bool ros_group_may_remove(struct ros *ros, const struct ros_row *row, struct ros_refusal *refusal);
bool ros_user_may_remove(struct ros *ros, const struct ros_row *row, struct ros_refusal *refusal);
void ros_user_setup(struct ros *ros, const struct ros_options *options);
void ros_user_active_removed(struct ros *ros, struct ros_row *row);

/* ---- the rest -------------------------------------------------------------------------------- */

/* ros_session.c */
void ros_sessions_reset(struct ros *ros);
void ros_sessions_changed(struct ros *ros, const struct ros_table *table, const struct ros_row *row,
			  bool is_dead);
bool ros_session_listen(struct ros_session *session, const struct ros_call *call);
bool ros_session_cancel(struct ros_session *session, const struct ros_text *tag,
			struct ros_buffer *out);
void ros_session_logout(struct ros *ros, uint32_t user_active_id);

/* ros_fault.c: one more of what that fault counts; true: it fires now. */
bool ros_fault_step(struct ros *ros, enum ros_fault_kind kind);
/* It has fired: counts it and disarms when it was the last time. */
void ros_fault_fire(struct ros_armed *armed);
void ros_log_write(struct ros *ros, const struct ros_sentence *sentence, const char *outcome,
		   bool done);
void ros_log_done(struct ros *ros);

/* ros_ppp.c, ros_hotspot.c, ros_live.c */
void ros_ppp_ended(struct ros *ros, struct ros_row *row);
void ros_hotspot_ended(struct ros *ros, struct ros_row *row);
void ros_host_ended(struct ros *ros, struct ros_row *row);
/* Whether the bytes of this session, or of its user, have reached a limit. */
bool ros_ppp_is_used_up(const struct ros *ros, const struct ros_row *row);
bool ros_hotspot_is_used_up(const struct ros *ros, const struct ros_row *row);
bool ros_hotspot_active_login(struct ros_call *call);
bool ros_make_binding(struct ros_call *call);
void ros_live_free(struct ros_live *live);
void ros_live_shape(struct ros *ros, struct ros_row *row, const char *prefix, struct ros_text name,
		    struct ros_text rate, struct ros_text parent, bool first);
void ros_live_list(struct ros *ros, struct ros_row *row, struct ros_text lists);
void ros_live_drop(struct ros *ros, struct ros_row *row);
bool ros_pool_lease(struct ros *ros, struct ros_row *pool, uint32_t *address);
/* Ends what is due. `due_at` is kept by ros_due(). */
void ros_due(struct ros *ros, int64_t at);
void ros_cpe_dial(struct ros *ros);
void ros_cpe_free(struct ros *ros);

/* ros_schedule.c */
bool ros_script_run(struct ros *ros, struct ros_text source, unsigned policy, unsigned depth,
		    struct ros_refusal *refusal);
bool ros_script_command(struct ros_call *call);
/* May this user give a script or a schedule these rights? */
bool ros_script_may(struct ros_call *call, const struct ros_value *values);
bool ros_scheduler_may_write(struct ros *ros, const struct ros_row *row,
			     struct ros_refusal *refusal);
void ros_scheduler_added(struct ros *ros, struct ros_row *row);
/* Runs what is due by now. */
void ros_schedule(struct ros *ros);
void ros_schedule_restart(struct ros *ros);

/* ros_show.c */
void ros_date_print(struct ros_buffer *out, const struct ros *ros, int64_t at);

/* What print shows of rows that move by themselves. (ros_show.c) */
#define ROS_SHOW(name) \
	bool ros_show_##name(const struct ros *, const struct ros_row *, struct ros_buffer *)
ROS_SHOW(dynamic);
ROS_SHOW(default);
ROS_SHOW(uptime);
ROS_SHOW(created);
ROS_SHOW(timeout);
ROS_SHOW(expires);
ROS_SHOW(time_left);
ROS_SHOW(live_bytes_in);
ROS_SHOW(live_bytes_out);
ROS_SHOW(live_packets_in);
ROS_SHOW(live_packets_out);
ROS_SHOW(mac_cookie);
ROS_SHOW(authorized);
ROS_SHOW(bypassed);
ROS_SHOW(user_uptime);
ROS_SHOW(user_bytes_in);
ROS_SHOW(user_bytes_out);
ROS_SHOW(user_packets_in);
ROS_SHOW(user_packets_out);
ROS_SHOW(queue_bytes);
ROS_SHOW(queue_packets);
ROS_SHOW(queue_total_bytes);
ROS_SHOW(queue_total_packets);
ROS_SHOW(zero);
ROS_SHOW(zeroes);
ROS_SHOW(false);
ROS_SHOW(user_default);
ROS_SHOW(router_uptime);
ROS_SHOW(router_version);
ROS_SHOW(router_writes);
ROS_SHOW(router_free_memory);
ROS_SHOW(router_date);
ROS_SHOW(router_time);
ROS_SHOW(router_offset);
ROS_SHOW(run_count);
ROS_SHOW(session_when);
#undef ROS_SHOW
