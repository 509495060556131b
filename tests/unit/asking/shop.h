/*
 * A shop whose one payment is ordered back through its provider: the order at any of its stages,
 * what the provider says of it, and where the books stand. The test owns it; one thread; whatever a
 * store cannot do fails the test.
 */
#pragma once

#include "prompts.h"

#include "model/question.h"

#define PEOPLE "kind: Subscriber\nname: KN-0042\npackage: home-10\nrouter: r1\nphone: 0712345678\n"
#define HEAD                                                                              \
	"kind: Tenant\nname: kasinet\ncurrency: KES\ntimezone: Africa/Nairobi\n"          \
	"payments:\n  - {name: main, provider: daraja, environment: sandbox, shortcode: " \
	"\"600638\", type: paybill, token: {env: WAVU_TEST_TOKEN}, "                      \
	"consumer_key: {env: WAVU_TEST_KEY}, consumer_secret: {env: WAVU_TEST_KEY}"
#define TAIL                                                                         \
	"}\n---\nkind: Site\nname: kasarani\n"                                       \
	"---\nkind: Package\nname: home-10\nservice: pppoe\nprice: 2500\nperiod: 1 " \
	"month\nspeed: {down: 10M, up: 5M}\n"
#define ORDERS ", initiator: wavu, security_credential: {env: WAVU_TEST_KEY}"
#define RECEIPT "UK151ZDR4F" /* of the day of town_pay: nothing is odd about it */
#define DONE_OF(receipt, amount)                                                     \
	"{\"Key\":\"Amount\",\"Value\":" amount "},{\"Key\":\"TransCompletedTime\"," \
	"\"Value\":20211114132711},{\"Key\":\"OriginalTransactionID\",\"Value\":\"" receipt "\"}"
#define DONE DONE_OF(RECEIPT, "2500.00")

/* The provider: what it was asked, and what it acknowledges. */
struct shop {
	struct http http;
	struct town town;
	uint32_t ordered, asked;
	struct digest result, timeout, status; /* of the tokens in the newest URLs */
	bool breaks;                           /* no answer comes to an order */
	uint32_t answer_status;                /* 0: 200 */
	const char *answer;                    /* to an order; NULL: taken */
	struct error why;
};

/* Its payment RECEIPT is credited; with ORDERS in the tenant's YAML it can be ordered back. */
void shop_begin(struct shop *shop, const char *tenant);
/* The same, and an order has left. */
void shop_begin_sent(struct shop *shop);
void shop_end(struct shop *shop);
/* One step of the asker so much later, with a budget of its own. */
void shop_step(struct shop *shop, int64_t later_us);

/* A person orders it back. False: shop->why. */
bool shop_try(struct shop *shop, const char *receipt, bool again);
void shop_order(struct shop *shop, bool again);
void shop_refuses(struct shop *shop, const char *receipt, bool again, const char *word);
/* The newest order, and a word that its reason must have. */
struct question shop_newest(struct shop *shop);
void shop_says(struct shop *shop, const char *word);

/* Something arrives on the URL with that token, from there. */
void shop_post(struct shop *shop, const struct digest *token, const char *source, const char *body);
const char *shop_result(struct shop *shop, const char *code, const char *conversation,
			const char *parameters);
/* On the order's own URL: done; a code; or on that of a question, how the payment stands. */
void shop_done(struct shop *shop);
void shop_code(struct shop *shop, const char *word);
void shop_status(struct shop *shop, const struct digest *token, const char *word);

/* Where the books stand: one payment, taken back or not, and what it bought. */
void shop_booked(struct shop *shop, bool reversed);
