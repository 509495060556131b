/*
 * What is said to a town about money, and what its books say then. Texts lie in the town's arena;
 * one thread; whatever a store cannot do fails the test.
 */
#pragma once

#include "town.h"

#include "state/inbox.h"
#include "state/ledger.h"

/* Lines arrive in the inbox, which only the webhook program writes; the teller has not seen them.
 */
void town_hear(struct town *town, struct inbox_line *lines, uint32_t count);
/* One on a channel's URL, in Daraja's name. */
void town_say(struct town *town, const char *channel, const char *source, const char *body);
/* A confirmation in Daraja's form. */
void town_pay(struct town *town, const char *receipt, const char *amount, const char *account);
/* The teller works until nothing is left. */
void town_tell(struct town *town);
/* Something arrives on the URL of an attempt or a question, and is told. */
void town_result(struct town *town, const char *channel, int64_t attempt, struct text body);

/* Reads one payment; fails the test when there is none. */
struct payment town_payment(struct town *town, const char *receipt);
/* Payments of that status; below 0: of any. */
uint32_t town_count(struct town *town, int status);
uint32_t town_held(struct town *town);
/* Held, and not settled. */
int64_t town_waiting(struct town *town);
struct standing town_standing(struct town *town, const char *reference);
/* A person gives a payment its owner. False: `error` says why he may not. */
bool town_assign(struct town *town, const char *receipt, const char *account, struct error *error);

/* Every invariant of the store holds. */
void town_verify(struct town *town);
/* The same, and the town is closed. */
void town_end(struct town *town);
