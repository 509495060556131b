/*
 * The one interface to payment providers: pure functions over bytes. A provider is one file and one
 * row of providers.c. Nothing here does I/O, reads a clock or allocates outside the arena; texts
 * returned lie in the arena or in the input; any thread.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"
#include "model/payment.h"
#include "model/tenant.h"

enum proof {
	PROOF_REJECTED, /* must not count: a signature that does not fit */
	PROOF_HINT,     /* says something happened; ask the provider before believing it */
	PROOF_PROVEN    /* counts */
};

/* The kind of what came on the URL of one attempt; providers with an `api` read it in `result`. */
#define CALLBACK_ATTEMPT "attempt"

/* One callback as it was kept; everything is raw. */
struct callback {
	struct text kind;    /* last part of the path: "confirmation" "validation" or "" */
	struct text headers; /* "Name: value\n" lines, only those that matter */
	struct text source;  /* the peer's address */
	struct text body;
	int64_t received_at;
	/* With `key` of the provider: the channel's secret or public key, put there by the teller;
	 * unreadable: nothing can be proven. It never comes from the street. */
	struct secret key;
};

struct reply {
	int status;
	struct text content_type;
	struct text body;
};

/* Why a payment is refused before it is made. */
enum unwelcome { REFUSED_PAYER, REFUSED_ACCOUNT, REFUSED_AMOUNT, REFUSED_SHORTCODE };

/* ---- asking a provider: questions and answers as data; asking/asker sends them --------------- */

/* What of a channel the questions to its provider need; api.login_needs, api.prompt_needs. */
enum need {
	NEED_CONSUMER_KEY = 1 << 0,
	NEED_CONSUMER_SECRET = 1 << 1,
	NEED_SECRET = 1 << 2, /* what signs the callbacks is also what one asks with */
	NEED_PASSKEY = 1 << 3,
	NEED_EMAIL = 1 << 4
};

struct credentials {
	struct secret key, secret; /* `secret`: consumer_secret, or what NEED_SECRET names */
	struct secret passkey;
	struct text initiator;             /* the API's operator: `verify` and `reverse` */
	struct secret security_credential; /* proves him */
};

struct request_header {
	const char *name; /* NULL: there is none */
	struct text value;
};

#define REQUEST_HEADERS_MAX 3

struct request {
	const char *method;
	struct text url;
	struct text body; /* JSON */
	struct request_header headers[REQUEST_HEADERS_MAX]; /* beside those that all have */
	bool is_form;     /* the body is a form instead */
	bool login;       /* Basic authentication with key and secret; else the bearer token */
	bool open;        /* neither: what proves us is in the body */
	bool again;       /* harmless when carried out twice */
};

/* What came back; `came` false: nothing, or not all of it. */
struct response {
	bool came;
	uint32_t status;
	struct text body;
	struct text location; /* where what was made can be asked about, or empty */
};

enum answer {
	ANSWER_NONE,  /* nobody can tell: never a failure */
	ANSWER_YES,   /* start: the prompt is on its way, nothing is paid; ask, result: paid */
	ANSWER_NO,    /* it certainly did not work */
	ANSWER_LOGIN, /* the token is no longer good, so nothing was done: log in, say it again */
	ANSWER_LATER  /* too much at once: nothing was done, wait */
};

struct said {
	enum answer answer;
	bool is_soft;     /* NO: customers were known to pay after it */
	bool is_doubtful; /* says paid, but not in a way that may be counted */
	bool is_known;    /* ask, NONE: the provider has the prompt, so it was sent */
	bool is_reversed; /* verify: it was true, and was taken back since */
	struct text code; /* the provider's */
	struct text why;  /* a sentence */
	struct text provider_ref;
	struct text receipt; /* the rest: result, verify, and ask where the answer names it */
	bool has_amount;
	int64_t amount_cents;
	struct text currency; /* empty: not said */
	int64_t at;
	struct text payer; /* verify: E.164 digits of who paid; empty: not said, or not in clear */
};

/* What one prompt asks for. */
struct prompt {
	struct text phone; /* E.164 digits */
	struct text account;
	int64_t cents; /* as `cents_ok` allows */
	struct text currency;
	struct text name; /* ours, which nobody else has; for those with `takes_our_name` */
	struct text callback_url;
};

/* What is asked about one payment, or ordered. */
struct order {
	struct text receipt;      /* the provider's; empty: known by its conversation alone */
	struct text conversation; /* verify: of a former order, where there is no receipt */
	struct text reference;    /* what the callback said beside it: some are asked by that */
	int64_t cents;            /* reverse */
	struct text result_url;   /* of this question alone; late answers come there */
	struct text timeout_url;  /* reverse: says that nobody knows; never result_url */
};

/* What a provider's own list is asked for: its payments between two moments, from the offset-th. */
struct listing {
	int64_t from_at, to_at;
	uint32_t offset;
	int64_t now; /* what is later than that never was */
};

/* One transaction of a provider's statement, or of its own list. */
struct statement_line {
	struct text receipt;
	int64_t in_cents, out_cents; /* one of them is 0 */
	int64_t at;                  /* 0: unreadable */
	struct text linked;          /* the receipt that it takes back, or empty */
	struct text reference;
	struct text phone, phone_hash; /* as in a notice; lists only */
	int64_t also_at; /* lists: or then, by its other clock; 0: surely `at` */
	bool is_done;                  /* completed; else it moved nothing */
	uint32_t line;                 /* the rest: statements only; 1-based */
	struct text shortcode;         /* whose statement it is; empty: it does not say */
	struct text flaw;              /* why it cannot be read; then nothing else counts */
	bool is_cut;                   /* cells are missing, or the file ends within it */
};

struct provider_api {
	/* Sets of enum need: for any question, and beside those for a prompt. */
	uint32_t login_needs, prompt_needs;
	/* A token for the other questions, and its life. NULL: credentials.secret is it. */
	struct request (*login)(const struct channel *channel,
				const struct credentials *credentials, struct arena *arena);
	bool (*login_read)(struct text *token, int64_t *lives_us, const struct response *response,
			   struct arena *arena, struct text *why);
	/* The one that everybody knows: production must not use it. NULL: there is none. */
	bool (*is_sandbox_passkey)(struct text passkey);
	/* Can a prompt ask for that much? A sentence when it cannot. */
	struct text (*cents_ok)(int64_t cents, struct text currency);
	/*
	 * The prompt carries a name that we gave it, under which the provider takes no second one
	 * and can be asked about it: also where the answer to the push was lost.
	 */
	bool takes_our_name;
	struct request (*start)(const struct channel *channel,
				const struct credentials *credentials, const struct prompt *prompt,
				int64_t now, struct arena *arena);
	struct said (*start_read)(const struct response *response, struct arena *arena);
	/* NULL: nobody can be asked what became of one; a notice of the money alone ends it. */
	struct request (*ask)(const struct channel *channel, const struct credentials *credentials,
			      struct text provider_ref, int64_t now, struct arena *arena);
	struct said (*ask_read)(const struct channel *channel, const struct response *response,
				struct text provider_ref, struct arena *arena);
	/* A callback on an attempt's own URL. NULL: it knows only the channel's. */
	struct said (*result)(const struct channel *channel, struct text body,
			      struct arena *arena);
	/* Nothing in it is signed, although the channel's own notices are: it tells how it went,
	 * and never pays. */
	bool result_is_hint;
	/* The channel's callback URLs are made known to the provider. This and all below: NULL
	 * where the provider has no such thing. */
	struct request (*enrol)(const struct channel *channel, struct text base_url,
				struct arena *arena);
	struct said (*enrol_read)(const struct response *response, struct arena *arena);
	/* A statement that an operator downloaded. False with a sentence: it is none. A line that
	 * cannot be read has a `flaw`. */
	bool (*statement)(struct statement_line **out, uint32_t *count, struct text bytes,
			  struct arena *arena, struct text *why);
	/*
	 * Is a payment true? NULL: nobody can be asked. YES: it is, with receipt, amount, and
	 * is_reversed; NO: it certainly is not. With `verify_is_late`, YES says only that the
	 * answer will come to order.result_url, where `order_result` reads it; the question then
	 * needs `initiator` and `security_credential`.
	 */
	struct request (*verify)(const struct channel *channel,
				 const struct credentials *credentials, const struct order *order,
				 struct arena *arena);
	struct said (*verify_read)(const struct channel *channel, const struct response *response,
				   const struct order *order, struct arena *arena);
	bool verify_is_late;
	struct said (*order_result)(const struct channel *channel, struct text body,
				    struct arena *arena);
	/* The payer gets it back. YES: ordered, nothing is done yet; the end comes to the URL,
	 * where `reverse_result` reads it: YES it is taken back, NO it certainly is not. */
	struct request (*reverse)(const struct channel *channel,
				  const struct credentials *credentials, const struct order *order,
				  struct arena *arena);
	struct said (*reverse_read)(const struct response *response, struct arena *arena);
	struct said (*reverse_result)(struct text body, struct arena *arena);
	/* The provider's own list. *more: it goes on at listing.offset + *count. */
	struct request (*list)(const struct channel *channel, const struct listing *listing,
			       struct arena *arena);
	struct said (*list_read)(struct statement_line **out, uint32_t *count, bool *more,
				 const struct response *response, const struct listing *listing,
				 struct text country, struct arena *arena);
	/* Asks for the right to that list; `phone` is whom the provider calls about it. */
	struct request (*list_enrol)(const struct channel *channel, struct text phone,
				     struct text callback_url, struct arena *arena);
	struct said (*list_enrol_read)(const struct response *response, struct arena *arena);
};

/*
 * One synchronous question by which a hint becomes true or not: what the provider answers over
 * checked TLS counts, what the callback said does not.
 */
struct provider_check {
	/* Empty url: the callback names nothing that could be asked about. */
	struct request (*ask)(const struct channel *channel, const struct callback *hint,
			      struct arena *arena);
	/* YES: *out is what happened, in place of the callback's words. NO: it never did. Else *why
	 * is why nobody can tell. */
	enum answer (*read)(struct notice *out, struct text *why, const struct channel *channel,
			    struct text country, const struct callback *hint,
			    const struct response *response, struct arena *arena);
};

/* What a channel's callbacks are proven with: the key of the Tenant that names it. */
enum proof_key {
	KEY_NONE,
	KEY_SECRET,    /* `secret` */
	KEY_PUBLIC_KEY /* `public_key`: one or more RSA keys in PEM */
};

struct provider {
	const char *name; /* sorted in the table */
	/* Which of product.md's paths it listens on: kinds, NULL-terminated ("" is the bare one).
	 */
	const char *const *kinds;
	/* Is this callback proof, by the channel's own rules (its URL token has already been
	 * checked)? */
	enum proof (*authenticate)(const struct channel *channel, const struct callback *callback);
	/* What it says. Never fails: what cannot be read is NOTICE_UNREADABLE with a reason. */
	struct notice (*parse)(const struct channel *channel, struct text country,
			       const struct callback *callback, struct arena *arena);
	/* What the street is told after the callback was kept (or, for a validation, without
	 * keeping it). */
	struct reply (*reply)(struct text kind);
	/* A validation that is refused; NULL: it asks nobody before a payment. */
	struct reply (*refuse)(enum unwelcome why);
	const struct provider_api *api; /* NULL: it cannot be asked */
	enum proof_key key;
	/* What keys of its test system begin with; production must not use one. NULL: they look
	 * alike. */
	const char *test_key;
	/* Headers that authenticate and parse need besides those every callback is kept with;
	 * NULL-terminated. */
	const char *const *headers;
	/* One that holds a secret itself: kept as the hex SHA-256 of its value. Or NULL. */
	const char *digested_header;
	/* Its callback URLs may spell none of model/common.h's forbidden words. */
	bool refuses_words;
	const struct provider_check *check; /* NULL: hints of it are not asked about this way */
	/* Why a receipt does not look like one of that moment, or empty. It is a suspicion and no
	 * more. NULL: its receipts tell nothing. */
	struct text (*odd)(struct text receipt, int64_t at, struct arena *arena);
};

/* NULL when there is no such provider. */
const struct provider *provider_find(struct text name);
const struct provider *provider_at(uint32_t index); /* NULL past the end: to walk the table */
/* The key of the channel that is the first missing one of a set of enum need, or NULL. */
const char *provider_lacks(const struct channel *channel, uint32_t needs);

/*
 * The URL below public_url of each kind: "/pay/TENANT/CHANNEL/TOKEN/confirmation". False when the
 * token is not one: length, alphabet, or a word that Safaricom refuses in URLs (payments
 * facts 1.7).
 */
bool provider_token_ok(struct text token, struct error *error) MUST_CHECK;

/* The optional extra layer: true without a list, else only for an address of channel->sources
 * (IPv4, also as ::ffff:a.b.c.d). An unreadable source is not allowed: where the operator asked for
 * a list, nothing passes silently. */
bool provider_source_allowed(const struct channel *channel, struct text source);
