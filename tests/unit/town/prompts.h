/*
 * Prompts of a town at any of their stages, what Daraja says of them, and a provider's line that a
 * test plays. Texts lie in the town's arena; one thread; whatever a store cannot do fails the test.
 */
#pragma once

#include "books.h"

#include "asking/asker.h"
#include "http/request.h"
#include "model/attempt.h"
#include "provider/provider.h"

/* ---- prompts --------------------------------------------------------------------------------- */

struct attempt prompt_of(struct town *town, int64_t id);
/* Wished for KN-0042: `cents`, of that phone. The open one, where the payer has one. */
struct attempt prompt_start(struct town *town, const char *channel, const char *provider,
			    const char *phone, int64_t cents);
/* As if the push had left and the provider had taken it, under that name. */
struct attempt prompt_left(struct town *town, struct attempt attempt, struct text name);
/* wavu asked, and the provider says that. */
void prompt_answered(struct town *town, int64_t id, const struct said *said);

/* ---- as Daraja says it (payments facts 1.1 to 1.3) ------------------------------------------- */

/* Now, by its clock. */
struct text daraja_now(struct town *town);
struct text daraja_confirmation(struct town *town, const char *shortcode, const char *receipt,
				const char *amount, const char *account, struct text phone);
struct text daraja_prompt_result(struct town *town, struct text name, int code, const char *amount,
				 const char *receipt);

/* ---- its line -------------------------------------------------------------------------------- */

/* Every call goes to the test's own verb `call`; the line itself never breaks. */
bool played_alive(struct http *http);
void played_close(struct http *http);
#define PLAYED(call) { (call), played_alive, played_close }

/* The token's digest of the callback URL under that key of a request's body. */
struct digest played_token(const char *body, const char *key);

/* One step of the asker on the town's seat, so much later. */
void town_ask(struct town *town, struct asker *asker, int64_t later_us);
/* The same with an asker of its own: its budget is nobody else's. */
void town_ask_afresh(struct town *town, struct http *http, int64_t later_us);
