/*
 * Commands and their answers on one session: tags, at most TAGS_IN_FLIGHT_MAX unanswered, one
 * buffer and one send for all that may go together, deadlines. Shared by looks, writes and the
 * login; nothing outside router/ includes it. Blocks within its deadlines; the thread that has the
 * device.
 */
#pragma once

#include "router/device.h"
#include "router/line.h"
#include "router/wire.h"

enum listen_state {
	LISTEN_NONE,
	LISTEN_ON,        /* asked for, and not ended as far as we know */
	LISTEN_CANCELLED, /* its !done has not come yet */
	LISTEN_REFUSED    /* or ended by the router: not asked for again on this session */
};

/* One menu's `listen`; its tag is "w<menu>.<number>", so that the words of an older one are none of
 * the newer one's. */
struct listen {
	enum listen_state state;
	uint32_t number;
	uint32_t echoes; /* of our own writes, still expected */
};

/* The binary API's device. */
struct api {
	struct device device; /* first: verbs cast back */
	struct arena arena;   /* holds this struct too, the reader's buffer and the version */
	struct line *line;
	struct wire_reader reader;
	char *buffer;        /* RECEIVE_SIZE */
	struct text pending; /* received, not yet read: lies in `buffer` */
	uint32_t next_tag;
	struct listen listens[MENU_COUNT];
	uint32_t unproven;      /* cheap questions without an answer yet */
	int64_t echo_until_at;  /* monotonic */
	int64_t proof_until_at; /* monotonic: something must be heard before; 0: no hurry */
	bool is_dead;   /* the line is not to be used any more */
	char label[80]; /* "10.66.0.11:8728", or empty */
};
#define RECEIVE_SIZE (16u << 10) /* a TLS record; thousands of held sessions have one each */

/* When a call must be over: `budget_ms` from its begin, and `each_ms` more for each step forward.
 */
struct deadline {
	int64_t begin_at; /* monotonic */
	uint32_t budget_ms, each_ms;
	uint64_t steps;
};
struct deadline deadline_of(uint32_t budget_ms, uint32_t each_ms);

/* One call's commands, numbered from 0. */
struct exchange {
	struct api *api;
	struct wire_writer writer;
	struct deadline deadline;
	bool proves; /* the first send asks something cheap first */
	uint32_t count;
	uint32_t sent; /* commands below it have been handed to the line */
	uint32_t answered;
	bool *is_answered; /* count of them */
	uint32_t first_tag;
	void *subject; /* for the functions below */
	/* Writes command `index` without its tag and end; false: nothing is to be sent, it counts
	 * as answered. */
	bool (*encode)(struct exchange *exchange, uint32_t index);
	/* May it go while those before it are unanswered? */
	bool (*joins)(struct exchange *exchange, uint32_t index);
	/* One sentence of its answer, the last being WIRE_DONE. False: the session cannot go on
	 * (LIMIT). */
	bool (*take)(struct exchange *exchange, uint32_t index,
		     const struct wire_sentence *sentence, struct error *error);
};

void exchange_init(struct exchange *exchange, struct api *api, uint32_t count, struct arena *arena);
/* True when every command was answered. False: the session is dead; `sent` and `is_answered` tell
 * what is unknown. */
bool exchange_run(struct exchange *exchange, struct error *error) MUST_CHECK;

/* That many bytes came into `buffer`. */
void api_got(struct api *api, uint32_t size);
/* The next sentence of the session, whatever its tag. */
bool api_sentence(struct api *api, struct wire_sentence *out, const struct deadline *deadline,
		  struct error *error) MUST_CHECK;
bool api_send(struct api *api, struct text bytes, const struct deadline *deadline,
	      struct error *error) MUST_CHECK;
/* The error says whom it is about; returns false. */
bool api_fail(struct api *api, struct error *error);

/* listening.c: the watch's verbs, and what concerns the listens in a call of ours. */
bool api_watch(struct api *api, uint32_t menus, struct error *error) MUST_CHECK;
bool api_drain(struct api *api, struct error *error) MUST_CHECK;
bool api_prove(struct api *api, struct error *error) MUST_CHECK;
/* The cheap question, in a buffer that is sent anyway. */
void api_ask_proof(struct api *api, struct wire_writer *writer);
/* A sentence that answers no command of a call. */
void api_stray(struct api *api, const struct wire_sentence *sentence);
/* How many commands of a call may be unanswered beside what is always on. */
uint32_t api_window(const struct api *api);
/* A look at the whole menu is asked for: what was told before, it will see. */
void api_looks_at(struct api *api, const struct menu *menu);
/* A write to that menu leaves us; it was refused. */
void api_expect_echo(struct api *api, const struct menu *menu);
void api_expect_no_echo(struct api *api, const struct menu *menu);
/* "!fatal": fills the error, returns false. */
bool api_ended(const struct wire_sentence *sentence, struct error *error);

/* device_look.c, device_write.c: the verbs. */
bool api_look(struct api *api, struct look *looks, uint32_t count, struct arena *arena,
	      struct deadline deadline, struct error *error) MUST_CHECK;
bool api_write(struct api *api, struct write *writes, uint32_t count, struct arena *arena,
	       struct error *error) MUST_CHECK;
