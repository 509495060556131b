/*
 * Every maximum of the house, with its unit and its reason. Reaching one is an error of code LIMIT
 * (or INVALID, for an author's text) at the door, and an assertion behind it.
 */
#pragma once

/* Texts of ourselves. */
#define ERROR_TEXT_SIZE 400  /* bytes; a sentence with a path and a remedy */
#define PLACE_FILE_SIZE 200  /* bytes; longer paths keep their end */

/* What operators write (product.md section 2). */
#define YAML_FILE_SIZE_MAX (16u << 20) /* bytes a file */
#define YAML_DEPTH_MAX 64              /* libyaml is quadratic in nesting: counted on events */
#define INTENT_SIZE_MAX (64u << 20)    /* bytes of YAML in one commit */
#define INTENT_FILES_MAX 100000
#define INTENT_ARENA_SIZE (2048ull << 20) /* reserved address space; touched as needed */
#define PROBLEMS_MAX 1000              /* errors shown of one commit; the rest are counted */
#define NAME_SIZE_MAX 32               /* characters of a name or an account */
#define SUBSCRIBERS_MAX 1000000
#define ROUTERS_MAX 20000
#define ALIASES_MAX 16
#define STEPS_MAX 32
#define TENANTS_MAX 64
#define CHANNELS_MAX 32
#define SECRET_SIZE_MAX 4096           /* bytes of one secret file */

/* One router. */
#define FIELDS_MAX 32              /* fields of a menu */
#define TAGS_IN_FLIGHT_MAX 16      /* 25 and more have hung RouterOS (routeros facts 1.6) */
#define FILL_SESSIONS_MAX 4        /* of one bulk fill; RouterOS bears 20 (house section 12) */
#define FILL_WRITES_MIN 256        /* of one rank: 16 windows; fewer are not worth more logins */
#define WORD_SIZE_MAX (4u << 20)   /* bytes of one word from a router */
#define SENTENCE_WORDS_MAX 512
#define SENTENCE_SIZE_MAX (8u << 20)
#define ROWS_MAX 200000            /* rows of one menu */
#define REPLY_SIZE_MAX (128u << 20)  /* bytes of one print */
#define JOB_ARENA_SIZE (1024ull << 20) /* reserved; a look at 10,000 rows touches 30 MiB */
#define CONNECT_MS_MAX 5000
#define REPLY_MS_MAX 15000         /* silence longer than this ends the session */
/*
 * All looks, or all writes, of one call end after this, with so much more for each row that came or
 * write that was answered: a router that drips a byte now and then must not hold a worker for ever.
 */
#define LOOK_MS_MAX 120000
#define LOOK_ROW_MS 2
#define WRITES_MS_MAX 120000
#define WRITE_MS 1000
#define COMMENT_SIZE_MAX 255

/* Sessions while nobody works on them (house section 8). */
#define SESSIONS_HELD_MAX 2000     /* 55 KiB each under TLS */
#define LISTENS_MAX 6              /* on one session: they count among its tags in flight */
#define DRAIN_SIZE_MAX (256u << 10) /* bytes taken from one idle session in one turn */
#define ECHO_MS 2000               /* how long a router may take to tell us of our own write */
#define KEEPALIVE_MS 30000         /* silence after which an idle one is asked something cheap */
#define KEEPALIVE_WAIT_MS 10000    /* for its answer; less often than a busy router stalls */
#define KEEPALIVE_MISSES_MAX 2     /* then the session is closed: 50 s after its last byte */
#define PROOF_AFTER_MS 10000       /* a session silent for longer must show that it lives ... */
#define PROOF_MS_MAX 3000          /* ... within this, before a job waits REPLY_MS_MAX for it */
#define HINT_QUIET_MS 2000         /* after the last word of a burst the router is looked at */
#define HINT_PATIENCE_MS 10000     /* and after the first one, however long it goes on */
#define HINT_GAP_MS 10000          /* between looks after one in vain; doubles with each ... */
#define HINT_GAP_MS_MAX 300000     /* ... up to this: a chatty router costs 12 looks an hour */
#define HINT_CALM_MS 600000        /* quiet for so long, it is believed at once again */
#define SMALL_ROUTER_BYTES (64u << 20) /* with less memory a router only tells of its sessions */

/* The street. */
#define CALLBACK_SIZE_MAX (64u << 10) /* bytes; larger is 413 */
#define JSON_DEPTH_MAX 32             /* 2,000 brackets overflow a 100 KiB stack */
#define JSON_ITEMS_MAX 20000          /* tokens of one callback */
#define TOKEN_SIZE_MAX 128
#define TOKEN_SIZE_MIN 16
#define HEARD_SIZE_MAX 255            /* bytes kept of one word of a callback: a reference has 20 */
#define COMMIT_GROUP_MAX 256          /* callbacks in one fsync */
#define COMMIT_QUEUE_MAX 4096         /* callbacks waiting; one more is 503 */

/* The engine. */
#define WORKERS_MAX 512
#define WORKER_STACK_SIZE (256u << 10)
/* Threads that wait for providers, started when they are needed: each tenant's own at each of up to
 * eight providers, and some for all (asking/turns.h). */
#define ASKERS_SHARED 8
#define ASKERS_MAX (TENANTS_MAX * 8 + ASKERS_SHARED)
#define TELLER_BATCH_MAX 256          /* inbox rows booked in one transaction */
#define HISTORY_CHANGES_MAX 2000      /* changes kept of one job; the rest are counted */
#define CONTROL_SIZE_MAX (16u << 20)  /* bytes of one request or answer on the control socket */

/* Money and time. */
#define CENTS_MAX 1000000000000000ll  /* ten thousand billion: sums cannot overflow */
#define YEARS_AHEAD_MAX 10            /* nothing is bought further ahead */
