/*
 * A simulated MikroTik router: the wire, the menus and the behaviour that the facts tell of.
 * It owns what it returns unless said otherwise; text is valid until the next call on that router.
 * It never blocks, does no I/O and asks no clock: bytes and time are passed in.
 * One thread at a time per router; two routers share nothing.
 * It never shares code or a table with controller/: it is the witness.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ros;
struct ros_session;

/* Bytes that belong to the router; never terminated by contract, though `bytes` is never NULL. */
struct ros_text {
	const char *bytes;
	size_t size;
};

/* ---- one router ------------------------------------------------------------------------------ */

struct ros_options {
	const char *version;  /* "6.49.19", "7.9", "7.16.2" (when NULL), "7.18.2", "7.20.8" … */
	const char *identity; /* "MikroTik" when NULL */
	const char *user;     /* the API user made at the start, "wavu" when NULL */
	const char *password; /* empty when NULL */
	const char *policy;   /* what that user's group may; "read,write,api,rest-api,sensitive"
				 when NULL */
	int64_t now_at;       /* UTC microseconds */
	int64_t latency_us;   /* each reply is released so long after it was made (a pipe) */
	uint64_t seed;   /* feeds the only random choices: ROS_FAULT_REORDER, login challenges */
	size_t rows_max; /* rows in all menus together; 0: no limit */
	bool bare;       /* nothing but what the factory ships: no PPPoE or hotspot server */
};

/*
 * A router that has just been booted, with, unless `bare`, a PPPoE server on ether2, the hotspot
 * server `hotspot1` on bridge1 (whose profile allows mac-cookie) and the DHCP server `dhcp1` on
 * ether3, which knows only static leases. Never NULL.
 */
struct ros *ros_new(const struct ros_options *options);

/* Ends all sessions that are still open; their pointers are dead afterwards. NULL is fine. */
void ros_free(struct ros *ros);

/* Moves time forward (never back) and ends what has timed out until then. UTC microseconds. */
void ros_set_now(struct ros *ros, int64_t now_at);

/* The router's own clock is wrong by so much (a board without battery begins in 1970). */
void ros_set_clock_error(struct ros *ros, int64_t error_us);

/* The zone its clock shows, in seconds east of Greenwich; daylight saving included. */
void ros_set_gmt_offset(struct ros *ros, int32_t offset_s);

void ros_set_latency(struct ros *ros, int64_t latency_us);

/* Power off and on: API sessions, live sessions and dynamic rows are gone; configuration and
 * cookies stay. Nobody is answered for `down_us`. */
void ros_reboot(struct ros *ros, int64_t down_us);

/* The reset button: all configuration is gone too, also users and the servers; `admin` without
 * password remains. */
void ros_factory_reset(struct ros *ros, int64_t down_us);

bool ros_is_up(const struct ros *ros);

/* ---- sessions of the binary API -------------------------------------------------------------- */

enum ros_line {
	ROS_LINE_OPEN,
	ROS_LINE_ENDED,   /* the router closes, after what is still in the output */
	ROS_LINE_RESET,   /* the router resets, after what is still in the output */
	ROS_LINE_STALLED, /* stays open; says and does nothing after what is still in the output */
	ROS_LINE_COUNT,
};

/* A client has connected. NULL: refused (down, the fault, or max-sessions of /ip/service). */
struct ros_session *ros_session_open(struct ros *ros);

/*
 * The same for the web service (`www`, or `www-ssl` when has_tls): HTTP/1.1 requests in, answers
 * out, REST below /rest/ where the version has it (7.1 with TLS, 7.9 without).
 */
struct ros_session *ros_session_open_rest(struct ros *ros, bool has_tls);

/* Bytes from the client, in any cut. */
void ros_session_input(struct ros_session *session, const char *bytes, size_t size);

/* The reply bytes that are released by now; ros_session_consume() takes some of them away. */
size_t ros_session_output(struct ros_session *session, const char **bytes);
void ros_session_consume(struct ros_session *session, size_t size);

/* When the next bytes are released, or INT64_MAX when none wait. */
int64_t ros_session_release_at(const struct ros_session *session);

/* What the client's socket would feel. Closed is ENDED or RESET with nothing left to read. */
enum ros_line ros_session_line(const struct ros_session *session);
bool ros_session_is_closed(const struct ros_session *session);

/* The client has hung up, or has seen the end. Frees the session. */
void ros_session_close(struct ros_session *session);

/* ---- a person in WinBox ---------------------------------------------------------------------- */

struct ros_answer {
	bool ok;
	char id[16];    /* "*3" after an add */
	char text[240]; /* the refusal, when not ok */
};

/*
 * One command with all rights and outside the API's counters and faults, for example
 *	ros_hand(ros, &answer, "/ppp/secret/set", "=.id=juma", "=comment=", NULL);
 *	ros_hand(ros, &answer, "/ppp/secret/add", "=copy-from=juma", "=name=juma2", NULL);
 * The list ends with NULL. `answer` may be NULL. Returns answer->ok.
 */
bool ros_hand(struct ros *ros, struct ros_answer *answer, const char *command, ...)
    __attribute__((sentinel));
bool ros_hand_words(struct ros *ros, struct ros_answer *answer, const struct ros_text *words,
		    size_t count);

/* ---- looking --------------------------------------------------------------------------------- */

/* Rows of a menu, dynamic ones included. Asserts that the menu exists. */
size_t ros_row_count(const struct ros *ros, const char *menu);

/* Whether a row exists; `which` is a name or an id ("*1F"). */
bool ros_row_exists(const struct ros *ros, const char *menu, const char *which);

/* A property as print would show it; false when the row or the value is absent. */
bool ros_row_read(struct ros *ros, const char *menu, const char *which, const char *field,
		  struct ros_text *out);

/* True when the property is there and equal. */
bool ros_row_is(struct ros *ros, const char *menu, const char *which, const char *field,
		const char *value);

/* The ids of a menu in order, at most `max`; returns how many there are. */
size_t ros_row_ids(const struct ros *ros, const char *menu, uint32_t *ids, size_t max);

/* Every row on one line (`*1 name=juma profile=home …`), without counters and times that move by
 * themselves. `static_only` leaves dynamic rows out. The caller frees. */
char *ros_menu_dump(struct ros *ros, const char *menu, bool static_only);

/* The menus there are, and the properties of one, NULL after the last. */
const char *ros_menu_path(size_t index);
const char *ros_menu_field(const char *menu, size_t index);
bool ros_menu_exists(const char *menu);

/* ---- subscribers ----------------------------------------------------------------------------- */

enum ros_entry {
	ROS_ENTRY_DONE,
	ROS_ENTRY_NO_USER,  /* no such name here */
	ROS_ENTRY_PASSWORD, /* wrong password */
	ROS_ENTRY_DISABLED,
	ROS_ENTRY_DEVICE,     /* caller-id or mac-address is another one */
	ROS_ENTRY_SERVICE,    /* the secret is for another service, or there is no server */
	ROS_ENTRY_TOO_MANY,   /* only-one, shared-users */
	ROS_ENTRY_NO_ADDRESS, /* no remote-address, or the pool is empty */
	ROS_ENTRY_LIMIT,      /* limit-uptime or limit-bytes is used up */
	ROS_ENTRY_NO_HOST,    /* hotspot: that phone is not here */
	ROS_ENTRY_BLOCKED,    /* hotspot: an ip-binding blocks it */
	ROS_ENTRY_DOWN,       /* the router is down */
	ROS_ENTRY_COUNT,
};

const char *ros_entry_text(enum ros_entry entry);

/* A CPE dials PPPoE; `caller_id` is its MAC. What the router decides is returned. */
enum ros_entry ros_ppp_dial(struct ros *ros, const char *name, const char *password,
			    const char *caller_id);

/* The CPE hangs up all sessions of that name; returns how many there were. */
size_t ros_ppp_hang_up(struct ros *ros, const char *name);

/* Traffic of the newest live session of that name, PPPoE or hotspot; upload and download bytes.
 * A limit that is reached ends the session. False: nobody of that name is online. */
bool ros_traffic(struct ros *ros, const char *name, uint64_t in_bytes, uint64_t out_bytes);

/* A phone joins the wireless. It becomes a host; a mac-cookie or a bypassing ip-binding may let it
 * in at once. DONE: it is through; NO_USER: it sees the login page; else why its cookie failed. */
enum ros_entry ros_hotspot_arrive(struct ros *ros, const char *mac);

/* The phone opens a page: its HTTP cookie, if any, is tried. As arrive. */
enum ros_entry ros_hotspot_browse(struct ros *ros, const char *mac);

/* The phone's owner fills in the login page. The phone arrives first if it was not here. */
enum ros_entry ros_hotspot_login(struct ros *ros, const char *mac, const char *name,
				 const char *password);

/* The phone walks away: host and login end, the cookie stays. False: it was not here. */
bool ros_hotspot_leave(struct ros *ros, const char *mac);

/* A device asks that DHCP server for an address (written into `address`, of `size` bytes). BLOCKED
 * by block-access, NO_ADDRESS without a static lease and a pool, SERVICE without such a server. */
enum ros_entry ros_dhcp_ask(struct ros *ros, const char *server, const char *mac, char *address,
			    size_t size);

/* A CPE that dials again and again (each 5 s) whenever it is not online; asked in ros_set_now(). */
void ros_cpe_keep(struct ros *ros, const char *name, const char *password, const char *caller_id);
void ros_cpe_forget(struct ros *ros, const char *name);

/* What somebody really has, PPPoE and hotspot together. */
struct ros_access {
	size_t sessions; /* live ones */
	bool open;       /* at least one, and not behind a wall */
	bool walled;     /* an enabled rule drops, rejects or redirects its address list */
	bool shaped;     /* a queue with a limit holds the (newest) session */
	uint64_t upload; /* bits/s; 0 when not shaped */
	uint64_t download;
	int64_t began_at; /* of the newest session */
	char address[64];
	char caller[32]; /* MAC */
	bool lingers;	 /* fixed addresses: connections that were there before go on */
};

/* Fills `out` (zeroes when offline); returns out->open. */
bool ros_access(struct ros *ros, const char *name, struct ros_access *out);

/* What a customer with that fixed address has, by the rules (forward, dstnat; accept, fasttrack and
 * jumps in their order) and the first queue that has him as target. Returns out->open. */
bool ros_address_access(struct ros *ros, const char *address, struct ros_access *out);

/* Whether that phone gets through, by login or by an ip-binding that bypasses. */
bool ros_hotspot_is_open(struct ros *ros, const char *mac);

/* ---- faults ---------------------------------------------------------------------------------- */

enum ros_fault_kind {
	ROS_FAULT_REFUSE,       /* connections are refused */
	ROS_FAULT_SILENT,       /* accepted, then nothing is ever done or said */
	ROS_FAULT_MUTE,         /* nothing is done or said any more after login */
	ROS_FAULT_CUT_RECEIVED, /* the line dies when the router has read `after` bytes */
	ROS_FAULT_CUT_SENT,     /* … has said `after` bytes */
	ROS_FAULT_TRAP,         /* the `after`th write is refused with `text` */
	ROS_FAULT_LIE,          /* the `after`th write is answered !done and not done */
	ROS_FAULT_TRUNCATE,     /* the `after`th print with rows shows only half of them */
	ROS_FAULT_REORDER,      /* replies of tags that came together are mixed */
	ROS_FAULT_DEAF,         /* the `after`th listen is refused with `text` */
	ROS_FAULT_DELAY,        /* the `after`th command's reply is late by `delay_us` */
	ROS_FAULT_COUNT,
};

enum ros_cut {
	ROS_CUT_RESET,
	ROS_CUT_END,
	ROS_CUT_STALL,
	ROS_CUT_COUNT,
};

struct ros_fault {
	enum ros_fault_kind kind;
	enum ros_cut how; /* CUT_… only */
	uint64_t after;   /* 1: the first; counted from arming, over all sessions */
	uint32_t times;   /* how often, one after the other; 0: until cleared */
	int64_t delay_us; /* DELAY only */
	const char *text; /* TRAP only, copied; NULL: "failure: not now" */
};

/* One fault of each kind can be armed; arming again replaces it. */
void ros_fault_arm(struct ros *ros, const struct ros_fault *fault);
void ros_fault_clear(struct ros *ros, enum ros_fault_kind kind);
void ros_fault_clear_all(struct ros *ros);

/* How often a fault of that kind has fired since the router was made. */
uint64_t ros_fault_fired(const struct ros *ros, enum ros_fault_kind kind);
bool ros_fault_is_armed(const struct ros *ros, enum ros_fault_kind kind);
const char *ros_fault_name(enum ros_fault_kind kind);

/* ---- counters and the log of writes ---------------------------------------------------------- */

struct ros_counters {
	uint64_t connections; /* accepted */
	uint64_t refused;
	uint64_t logins;
	uint64_t logins_failed;
	uint64_t bytes_in;
	uint64_t bytes_out;
	uint64_t commands; /* after login, of any verb */
	uint64_t prints;
	uint64_t rows_sent;
	uint64_t writes;      /* add, set, remove, … that were asked */
	uint64_t writes_done; /* … and done */
	uint64_t writes_idle; /* sets that were done and changed nothing */
	uint64_t traps;
	uint64_t tags_max; /* most commands in flight on one session */
	uint64_t sessions; /* open now */
};

struct ros_counters ros_counters(const struct ros *ros);

/* Sets all counters but `sessions` to zero and empties the log. */
void ros_counters_reset(struct ros *ros);

/* How often one command was asked over the API: ros_counter(ros, "/ppp/secret", "add"). NULL as
 * menu or verb: any. */
uint64_t ros_counter(const struct ros *ros, const char *menu, const char *verb);

/* Writes asked over the API, oldest first: "/ppp/secret/add =name=juma …", and what came of it
 * ("*3", "done", or the refusal). The newest 65536 are kept. False: no such index. */
struct ros_log_entry {
	int64_t at;
	const char *command;
	const char *outcome;
	bool done;
};

size_t ros_log_size(const struct ros *ros);
bool ros_log_read(const struct ros *ros, size_t index, struct ros_log_entry *out);
