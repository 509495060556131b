#include "asking/inquiry.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "asking/pace.h"

#define CALL_MS 12000
#define SILENCE_MS 10000
#define ANSWER_SIZE_MAX (256u << 10) /* a page of 100 payments has some 30 KiB */
#define LOGINS_MAX 256
#define TOKEN_SIZE_MAX_HERE 4096
/* A token is renewed before it ends: each renewal ends the former one (facts 1.1). */
#define RENEW_BEFORE_US (5 * MINUTE_US)

struct login {
	struct digest key;
	pthread_mutex_t
	    lock;          /* one call at a time: whoever waits for a token finds it afterwards */
	uint32_t users;    /* inside inquiry.lock: nobody else may take this place */
	int64_t used_at;   /* inside inquiry.lock; monotonic */
	struct http *http; /* its own line, unless a test brought one for all */
	char token[TOKEN_SIZE_MAX_HERE];
	uint32_t token_size; /* 0: none */
	int64_t ends_at;     /* monotonic */
	struct pace pace;
};

struct inquiry {
	pthread_mutex_t lock; /* of the table; never held across a call */
	struct http *tests;   /* a test's, for all; else NULL */
	struct login *logins;
	uint32_t login_count;
};

struct inquiry *inquiry_new(struct http *http)
{
	struct inquiry *inquiry = calloc(1, sizeof(*inquiry));

	if (inquiry == NULL)
		fatal("out of memory");
	invariant(pthread_mutex_init(&inquiry->lock, NULL) == 0);
	inquiry->logins = calloc(LOGINS_MAX, sizeof(struct login));
	if (inquiry->logins == NULL)
		fatal("out of memory");
	inquiry->tests = http;
	return inquiry;
}

void inquiry_free(struct inquiry *inquiry)
{
	if (inquiry == NULL)
		return;
	if (inquiry->tests != NULL)
		inquiry->tests->verbs->close(inquiry->tests);
	for (uint32_t i = 0; i < inquiry->login_count; i++) {
		struct login *login = &inquiry->logins[i];

		if (login->http != NULL)
			login->http->verbs->close(login->http);
		explicit_bzero(login->token, sizeof(login->token));
		(void)pthread_mutex_destroy(&login->lock);
	}
	free(inquiry->logins);
	(void)pthread_mutex_destroy(&inquiry->lock);
	free(inquiry);
}

/* ---- whose token and budget ------------------------------------------------------------------ */

static struct login *login_made(struct login *login, const struct digest *key)
{
	*login = (struct login){ .key = *key };
	invariant(pthread_mutex_init(&login->lock, NULL) == 0);
	return login;
}

/* Credentials that nobody has used for longest make room: there are hardly ever that many. */
static struct login *login_find(struct inquiry *inquiry, const struct digest *key)
{
	struct login *oldest = NULL;

	for (uint32_t i = 0; i < inquiry->login_count; i++) {
		struct login *login = &inquiry->logins[i];

		if (digest_equal(&login->key, key))
			return login;
		if (login->users == 0 && (oldest == NULL || login->used_at < oldest->used_at))
			oldest = login;
	}
	if (inquiry->login_count < LOGINS_MAX)
		return login_made(&inquiry->logins[inquiry->login_count++], key);
	invariant(oldest != NULL);
	if (oldest->http != NULL)
		oldest->http->verbs->close(oldest->http);
	explicit_bzero(oldest->token, sizeof(oldest->token));
	(void)pthread_mutex_destroy(&oldest->lock);
	return login_made(oldest, key);
}

static struct login *login_take(struct inquiry *inquiry, const struct counterpart *to)
{
	struct login *login;

	(void)pthread_mutex_lock(&inquiry->lock);
	login = login_find(inquiry, &to->key);
	login->users++;
	login->used_at = clock_monotonic();
	(void)pthread_mutex_unlock(&inquiry->lock);
	(void)pthread_mutex_lock(&login->lock);
	return login;
}

static void login_give(struct inquiry *inquiry, struct login *login)
{
	(void)pthread_mutex_unlock(&login->lock);
	(void)pthread_mutex_lock(&inquiry->lock);
	login->users--;
	(void)pthread_mutex_unlock(&inquiry->lock);
}

/* ---- one call -------------------------------------------------------------------------------- */

/* A kept line that the peer has closed would leave a push between said and unsaid. */
static struct http *fresh_line(const struct inquiry *inquiry, struct login *login)
{
	if (inquiry->tests != NULL)
		return inquiry->tests;
	if (login->http != NULL && !login->http->verbs->alive(login->http)) {
		login->http->verbs->close(login->http);
		login->http = NULL;
	}
	if (login->http == NULL)
		login->http = http_open(&(struct http_tls){ 0 });
	return login->http;
}

/* False: nothing left us, and *why says so. True: *response, whole or not, and *refusal, should it
 * be one. */
static bool say(struct inquiry *inquiry, const struct counterpart *to,
		const struct request *request, struct login *login, struct response *response,
		struct pace_refusal *refusal, struct arena *arena, struct text *why)
{
	struct http *http = fresh_line(inquiry, login);
	struct http_header headers[3 + REQUEST_HEADERS_MAX] = {
		{ "Accept", TEXT("application/json") },
	};
	struct http_call call = { .method = request->method,
				  .url = request->url,
				  .headers = headers,
				  .header_count = 1,
				  .body = request->body,
				  .timeout_ms = CALL_MS,
				  .silence_ms = SILENCE_MS,
				  .body_size_max = ANSWER_SIZE_MAX,
				  .yields = true,
				  .again = request->again };
	struct http_reply reply = { 0 };
	struct error error = { 0 };
	bool came;

	if (request->body.size > 0 || !request->login)
		headers[call.header_count++] = (struct http_header){
			"Content-Type", request->is_form ? TEXT("application/x-www-form-urlencoded")
							 : TEXT("application/json")
		};
	if (request->login) {
		call.user = secret_reveal(to->credentials.key);
		call.password = to->credentials.secret;
	} else if (!request->open) {
		headers[call.header_count++] = (struct http_header){
			"Authorization",
			text_format(arena, "Bearer %.*s", (int)login->token_size, login->token)
		};
	}
	for (uint32_t i = 0; i < REQUEST_HEADERS_MAX && request->headers[i].name != NULL; i++)
		headers[call.header_count++] = (struct http_header){ request->headers[i].name,
								     request->headers[i].value };
	came = http->verbs->call(http, &call, &reply, arena, &error);
	*response = (struct response){ came, reply.status, reply.body, reply.location };
	refusal->said_us = (int64_t)reply.retry_after_s * SECOND_US;
	random_bytes(&refusal->chance, sizeof(refusal->chance));
	if (!came)
		*why = text_copy(arena, text_of(error.text));
	return came || reply.was_sent;
}

/* A provider without a login is shown the secret itself. */
static bool show_secret(const struct counterpart *to, struct login *login, struct text *why)
{
	struct text secret = secret_reveal(to->credentials.secret);

	for (uint32_t i = 0; i < secret.size; i++)
		if (secret.at[i] <= ' ' || secret.at[i] >= 0x7f) {
			*why = TEXT("the channel's key is no word that a header can carry");
			return false;
		}
	if (secret.size >= sizeof(login->token)) {
		*why = TEXT("the channel's key is too long");
		return false;
	}
	memcpy(login->token, secret.at, secret.size);
	login->token_size = secret.size;
	login->ends_at = INT64_MAX;
	return true;
}

static bool log_in(struct inquiry *inquiry, const struct counterpart *to, struct login *login,
		   struct arena *arena, struct text *why)
{
	struct pace_refusal refusal;
	struct request request;
	struct response response;
	struct text token;
	int64_t lives_us;

	if (login->token_size > 0 && clock_monotonic() < login->ends_at)
		return true;
	login->token_size = 0;
	if (to->api->login == NULL)
		return show_secret(to, login, why);
	request = to->api->login(to->channel, &to->credentials, arena);
	if (!say(inquiry, to, &request, login, &response, &refusal, arena, why)) {
		*why = text_format(arena, "no access to the provider: %.*s", TEXT_ARG(*why));
		return false;
	}
	if (!to->api->login_read(&token, &lives_us, &response, arena, why) ||
	    token.size >= sizeof(login->token)) {
		pace_note(&login->pace, PACE_LOGIN, response.came ? PACE_REFUSED : PACE_SILENT,
			  &refusal, clock_monotonic());
		*why = text_format(arena, "no access to the provider: %.*s%s", TEXT_ARG(*why),
				   response.came ? " (are the keys of this channel right, and of "
						   "its `environment`?)"
						 : "");
		return false;
	}
	memcpy(login->token, token.at, token.size);
	login->token_size = token.size;
	pace_note(&login->pace, PACE_LOGIN, PACE_ANSWERED, &refusal, clock_monotonic());
	lives_us = lives_us > 2 * RENEW_BEFORE_US ? lives_us - RENEW_BEFORE_US : lives_us / 2;
	login->ends_at = clock_monotonic() + lives_us;
	return true;
}

enum topic {
	TOPIC_START,
	TOPIC_ASK,
	TOPIC_VERIFY,
	TOPIC_REVERSE,
	TOPIC_LIST,
	TOPIC_LIST_ENROL,
	TOPIC_ENROL
};

/* One question, and what its answer is read with. */
struct talk {
	enum topic topic;
	struct request request;
	struct text provider_ref;
	const struct order *order;
	const struct listing *listing;
	struct text country;
	struct listed_page *page;
};

static struct said understand(const struct counterpart *to, const struct talk *talk,
			      const struct response *response, struct arena *arena)
{
	switch (talk->topic) {
	case TOPIC_START:
		return to->api->start_read(response, arena);
	case TOPIC_ASK:
		return to->api->ask_read(to->channel, response, talk->provider_ref, arena);
	case TOPIC_VERIFY:
		return to->api->verify_read(to->channel, response, talk->order, arena);
	case TOPIC_REVERSE:
		return to->api->reverse_read(response, arena);
	case TOPIC_LIST:
		return to->api->list_read(&talk->page->lines, &talk->page->count, &talk->page->more,
					  response, talk->listing, talk->country, arena);
	case TOPIC_LIST_ENROL:
		return to->api->list_enrol_read(response, arena);
	case TOPIC_ENROL:
		break;
	}
	return to->api->enrol_read(response, arena);
}

static struct said converse_locked(struct inquiry *inquiry, struct counterpart *to,
				   const struct talk *talk, struct login *login,
				   struct pace_refusal *refusal, struct arena *arena)
{
	struct said said = { .answer = ANSWER_LATER };
	struct response response;
	struct text why;

	to->was_silent = true;
	for (int round = 0; round < 2; round++) {
		if (!log_in(inquiry, to, login, arena, &said.why) ||
		    !say(inquiry, to, &talk->request, login, &response, refusal, arena, &said.why))
			return said;
		why = said.why;
		said = understand(to, talk, &response, arena);
		to->was_silent = !response.came;
		if (!response.came)
			said.why = why;
		if (said.answer != ANSWER_LOGIN)
			break;
		/*
		 * Somebody else may have logged in with the same credentials: once more, no more.
		 */
		login->token_size = 0;
		said.answer = ANSWER_LATER;
		if (round == 1 && talk->topic != TOPIC_START && talk->topic != TOPIC_REVERSE)
			said.answer = ANSWER_NONE;
	}
	return said;
}

/* What a person has made known by hand is no part of it. */
static const enum pace_kind kinds[] = {
	[TOPIC_START] = PACE_PROMPT,     [TOPIC_ASK] = PACE_QUESTION,
	[TOPIC_VERIFY] = PACE_QUESTION,  [TOPIC_REVERSE] = PACE_QUESTION,
	[TOPIC_LIST] = PACE_QUESTION,    [TOPIC_LIST_ENROL] = PACE_KIND_COUNT,
	[TOPIC_ENROL] = PACE_KIND_COUNT,
};

static struct said converse(struct inquiry *inquiry, struct counterpart *to,
			    const struct talk *talk, struct arena *arena)
{
	struct login *login = login_take(inquiry, to);
	struct pace_refusal refusal = { 0 };
	struct said said = converse_locked(inquiry, to, talk, login, &refusal, arena);
	enum pace_heard heard = to->was_silent                ? PACE_SILENT
				: said.answer == ANSWER_LATER ? PACE_REFUSED
							      : PACE_ANSWERED;

	if (kinds[talk->topic] != PACE_KIND_COUNT)
		pace_note(&login->pace, kinds[talk->topic], heard, &refusal, clock_monotonic());
	login_give(inquiry, login);
	return said;
}

/* ---- the questions --------------------------------------------------------------------------- */

struct said inquiry_start(struct inquiry *inquiry, struct counterpart *to,
			  const struct prompt *prompt, int64_t now, struct arena *arena)
{
	struct talk talk = { .topic = TOPIC_START,
			     .request = to->api->start(to->channel, &to->credentials, prompt, now,
						       arena) };

	return converse(inquiry, to, &talk, arena);
}

struct said inquiry_ask(struct inquiry *inquiry, struct counterpart *to, struct text provider_ref,
			int64_t now, struct arena *arena)
{
	struct talk talk = { .topic = TOPIC_ASK,
			     .request = to->api->ask(to->channel, &to->credentials, provider_ref,
						     now, arena),
			     .provider_ref = provider_ref };

	return converse(inquiry, to, &talk, arena);
}

struct said inquiry_verify(struct inquiry *inquiry, struct counterpart *to,
			   const struct order *order, struct arena *arena)
{
	struct talk talk = { .topic = TOPIC_VERIFY,
			     .request = to->api->verify(to->channel, &to->credentials, order,
							arena),
			     .order = order };

	return converse(inquiry, to, &talk, arena);
}

struct said inquiry_reverse(struct inquiry *inquiry, struct counterpart *to,
			    const struct order *order, struct arena *arena)
{
	struct talk talk = { .topic = TOPIC_REVERSE,
			     .request = to->api->reverse(to->channel, &to->credentials, order,
							 arena),
			     .order = order };

	return converse(inquiry, to, &talk, arena);
}

struct said inquiry_enrol(struct inquiry *inquiry, struct counterpart *to, struct text base_url,
			  struct arena *arena)
{
	struct talk talk = { .topic = TOPIC_ENROL,
			     .request = to->api->enrol(to->channel, base_url, arena) };

	return converse(inquiry, to, &talk, arena);
}

struct said inquiry_list(struct listed_page *out, struct inquiry *inquiry, struct counterpart *to,
			 const struct listing *listing, struct text country, struct arena *arena)
{
	struct talk talk = { .topic = TOPIC_LIST,
			     .request = to->api->list(to->channel, listing, arena),
			     .listing = listing,
			     .country = country,
			     .page = out };

	*out = (struct listed_page){ 0 };
	return converse(inquiry, to, &talk, arena);
}

struct said inquiry_list_enrol(struct inquiry *inquiry, struct counterpart *to, struct text phone,
			       struct text callback_url, struct arena *arena)
{
	struct talk talk = { .topic = TOPIC_LIST_ENROL,
			     .request = to->api->list_enrol(to->channel, phone, callback_url,
							    arena) };

	return converse(inquiry, to, &talk, arena);
}

bool inquiry_check(struct response *response, struct inquiry *inquiry, struct counterpart *to,
		   const struct request *request, struct arena *arena, struct text *why)
{
	struct login *login = login_take(inquiry, to);
	bool is_shown = show_secret(to, login, why);
	struct pace_refusal refusal;

	*response = (struct response){ 0 };
	if (is_shown)
		(void)!say(inquiry, to, request, login, response, &refusal, arena, why);
	to->was_silent = !response->came;
	if (is_shown)
		pace_note(&login->pace, PACE_HINT,
			  to->was_silent            ? PACE_SILENT
			  : response->status == 429 ? PACE_REFUSED
						    : PACE_ANSWERED,
			  &refusal, clock_monotonic());
	login_give(inquiry, login);
	return is_shown;
}

int64_t inquiry_from(struct inquiry *inquiry, const struct counterpart *to, enum pace_kind kind)
{
	struct login *login = login_take(inquiry, to);
	int64_t from_at = pace_from(&login->pace, kind);

	login_give(inquiry, login);
	return from_at;
}
