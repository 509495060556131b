#include "loop/inquiry.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "settings/secrets.h"

#define CALL_MS 12000
#define SILENCE_MS 10000
#define ANSWER_SIZE_MAX (64u << 10)
#define LOGINS_MAX 256
#define TOKEN_SIZE_MAX_HERE 4096
/*
 * The sandbox takes 5 questions a minute with a burst of 1, production's limit is unpublished;
 * after a refusal it is left alone for a minute (payments facts 1.5).
 */
#define ASK_GAP_US (12 * SECOND_US)
#define ASK_BREAK_US (60 * SECOND_US)
/* A token is renewed before it ends: each renewal ends the former one (facts 1.1). */
#define RENEW_BEFORE_US (5 * MINUTE_US)

struct login {
	struct digest key;
	char token[TOKEN_SIZE_MAX_HERE];
	uint32_t token_size; /* 0: none */
	int64_t ends_at;     /* monotonic */
	int64_t ask_at;      /* monotonic */
};

struct inquiry {
	/* one call at a time: whoever waits for a token finds it afterwards */
	pthread_mutex_t lock;
	struct http *http;
	bool is_ours;
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
	inquiry->http = http;
	inquiry->is_ours = http == NULL;
	return inquiry;
}

void inquiry_free(struct inquiry *inquiry)
{
	if (inquiry == NULL)
		return;
	if (inquiry->http != NULL)
		inquiry->http->verbs->close(inquiry->http);
	for (uint32_t i = 0; i < inquiry->login_count; i++)
		explicit_bzero(inquiry->logins[i].token, sizeof(inquiry->logins[i].token));
	free(inquiry->logins);
	(void)pthread_mutex_destroy(&inquiry->lock);
	free(inquiry);
}

static bool read_one(struct secret *out, const struct seat *seat, const struct channel *channel,
		     struct secret_ref reference, const char *name, struct arena *arena,
		     struct text *why)
{
	struct error error = { 0 };

	if (reference.kind == SECRET_NONE) {
		*why = text_format(arena, "channel %.*s has no `%s`", TEXT_ARG(channel->name),
				   name);
		return false;
	}
	if (secret_read(out, seat->settings->secrets, reference, arena, &error))
		return true;
	*why = text_format(arena, "channel %.*s: %s", TEXT_ARG(channel->name), error.text);
	return false;
}

bool counterpart_open(struct counterpart *out, const struct seat *seat, const struct intent *intent,
		      struct text channel, bool prompts, struct arena *arena, struct text *why)
{
	const struct provider *provider = NULL;
	struct digester digester;

	*out = (struct counterpart){ 0 };
	for (uint32_t i = 0; i < intent->tenant.channel_count; i++)
		if (text_equal(intent->tenant.channels[i].name, channel))
			out->channel = &intent->tenant.channels[i];
	if (out->channel != NULL)
		provider = provider_find(out->channel->provider);
	if (provider == NULL || provider->api == NULL) {
		*why = text_format(arena,
				   out->channel == NULL ? "channel %.*s is not declared"
							: "the provider of channel %.*s takes no"
							  " questions",
				   TEXT_ARG(channel));
		return false;
	}
	out->api = provider->api;
	if (!read_one(&out->credentials.key, seat, out->channel, out->channel->consumer_key,
		      "consumer_key", arena, why) ||
	    !read_one(&out->credentials.secret, seat, out->channel, out->channel->consumer_secret,
		      "consumer_secret", arena, why) ||
	    (prompts && !read_one(&out->credentials.passkey, seat, out->channel,
				  out->channel->passkey, "passkey", arena, why)))
		return false;
	if (out->channel->environment == CHANNEL_PRODUCTION &&
	    out->api->is_sandbox_passkey(secret_reveal(out->credentials.passkey))) {
		*why = text_format(arena, "channel %.*s: production with the sandbox's passkey",
				   TEXT_ARG(channel));
		return false;
	}
	digester_begin(&digester);
	digester_text(&digester, out->api->login(out->channel, arena).url);
	digester_text(&digester, secret_reveal(out->credentials.key));
	digester_text(&digester, secret_reveal(out->credentials.secret));
	out->key = digester_end(&digester);
	return true;
}

/* ---- inside the lock ------------------------------------------------------------------------- */

/* Credentials that nobody has used for longest make room: there are hardly ever that many. */
static struct login *login_of(struct inquiry *inquiry, const struct counterpart *to)
{
	struct login *login = &inquiry->logins[0];

	for (uint32_t i = 0; i < inquiry->login_count; i++) {
		if (digest_equal(&inquiry->logins[i].key, &to->key))
			return &inquiry->logins[i];
		if (inquiry->logins[i].ends_at < login->ends_at)
			login = &inquiry->logins[i];
	}
	if (inquiry->login_count < LOGINS_MAX)
		login = &inquiry->logins[inquiry->login_count++];
	memset(login, 0, sizeof(*login));
	login->key = to->key;
	return login;
}

/* A kept line that the peer has closed would leave a push between said and unsaid. */
static struct http *fresh_line(struct inquiry *inquiry)
{
	if (inquiry->http != NULL && inquiry->is_ours &&
	    !inquiry->http->verbs->alive(inquiry->http)) {
		inquiry->http->verbs->close(inquiry->http);
		inquiry->http = NULL;
	}
	if (inquiry->http == NULL)
		inquiry->http = http_open(&(struct http_tls){ 0 });
	return inquiry->http;
}

/* False: nothing left us, and *why says so. True: *response, whole or not. */
static bool say(struct inquiry *inquiry, const struct counterpart *to,
		const struct request *request, const struct login *login,
		struct response *response, struct arena *arena, struct text *why)
{
	struct http *http = fresh_line(inquiry);
	struct http_header headers[2] = { { "Accept", TEXT("application/json") } };
	struct http_call call = { .method = request->method,
				  .url = request->url,
				  .headers = headers,
				  .header_count = 1,
				  .body = request->body,
				  .timeout_ms = CALL_MS,
				  .silence_ms = SILENCE_MS,
				  .body_size_max = ANSWER_SIZE_MAX,
				  .again = request->again };
	struct http_header all[3];
	struct http_reply reply = { 0 };
	struct error error = { 0 };
	bool came;

	if (request->login) {
		call.user = secret_reveal(to->credentials.key);
		call.password = to->credentials.secret;
	} else {
		all[0] = headers[0];
		all[1] = (struct http_header){ "Content-Type", TEXT("application/json") };
		all[2] = (struct http_header){ "Authorization",
					       text_format(arena, "Bearer %.*s",
							   (int)login->token_size,
							   login->token) };
		call.headers = all;
		call.header_count = 3;
	}
	came = http->verbs->call(http, &call, &reply, arena, &error);
	*response = (struct response){ came, reply.status, reply.body };
	if (!came)
		*why = text_copy(arena, text_of(error.text));
	return came || reply.was_sent;
}

static bool log_in(struct inquiry *inquiry, const struct counterpart *to, struct login *login,
		   struct arena *arena, struct text *why)
{
	struct request request = to->api->login(to->channel, arena);
	struct response response;
	struct text token;
	int64_t lives_us;

	if (login->token_size > 0 && clock_monotonic() < login->ends_at)
		return true;
	login->token_size = 0;
	if (!say(inquiry, to, &request, login, &response, arena, why) ||
	    !to->api->login_read(&token, &lives_us, &response, arena, why) ||
	    token.size >= sizeof(login->token)) {
		*why = text_format(arena, "no access to the provider: %.*s", TEXT_ARG(*why));
		return false;
	}
	memcpy(login->token, token.at, token.size);
	login->token_size = token.size;
	lives_us = lives_us > 2 * RENEW_BEFORE_US ? lives_us - RENEW_BEFORE_US : lives_us / 2;
	login->ends_at = clock_monotonic() + lives_us;
	return true;
}

enum question { QUESTION_START, QUESTION_ASK, QUESTION_ENROL };

static struct said understand(const struct counterpart *to, enum question question,
			      const struct response *response, struct text provider_ref,
			      struct arena *arena)
{
	switch (question) {
	case QUESTION_START:
		return to->api->start_read(response, arena);
	case QUESTION_ASK:
		return to->api->ask_read(response, provider_ref, arena);
	case QUESTION_ENROL:
		break;
	}
	return to->api->enrol_read(response, arena);
}

static struct said converse_locked(struct inquiry *inquiry, const struct counterpart *to,
				   enum question question, const struct request *request,
				   struct text provider_ref, struct arena *arena)
{
	struct login *login = login_of(inquiry, to);
	struct said said = { .answer = ANSWER_LATER };
	struct response response;
	struct text why;

	for (int round = 0; round < 2; round++) {
		if (!log_in(inquiry, to, login, arena, &said.why))
			return said;
		if (!say(inquiry, to, request, login, &response, arena, &said.why))
			return said;
		why = said.why;
		said = understand(to, question, &response, provider_ref, arena);
		if (!response.came)
			said.why = why;
		if (said.answer != ANSWER_LOGIN)
			break;
		/*
		 * Somebody else may have logged in with the same credentials: once more, no more.
		 */
		login->token_size = 0;
		said.answer = round == 0 ? ANSWER_LATER : ANSWER_NONE;
		if (round == 1 && question == QUESTION_START)
			said.answer = ANSWER_LATER;
	}
	if (question == QUESTION_ASK)
		login->ask_at = clock_monotonic() +
				(said.answer == ANSWER_LATER ? ASK_BREAK_US : ASK_GAP_US);
	return said;
}

static struct said converse(struct inquiry *inquiry, const struct counterpart *to,
			    enum question question, const struct request *request,
			    struct text provider_ref, struct arena *arena)
{
	struct said said;

	(void)pthread_mutex_lock(&inquiry->lock);
	said = converse_locked(inquiry, to, question, request, provider_ref, arena);
	(void)pthread_mutex_unlock(&inquiry->lock);
	return said;
}

/* ---- the questions --------------------------------------------------------------------------- */

struct said inquiry_start(struct inquiry *inquiry, const struct counterpart *to,
			  const struct prompt *prompt, int64_t now, struct arena *arena)
{
	struct request request =
	    to->api->start(to->channel, &to->credentials, prompt, now, arena);

	return converse(inquiry, to, QUESTION_START, &request, TEXT_NONE, arena);
}

struct said inquiry_ask(struct inquiry *inquiry, const struct counterpart *to,
			struct text provider_ref, int64_t now, struct arena *arena)
{
	struct request request =
	    to->api->ask(to->channel, &to->credentials, provider_ref, now, arena);

	return converse(inquiry, to, QUESTION_ASK, &request, provider_ref, arena);
}

struct said inquiry_enrol(struct inquiry *inquiry, const struct counterpart *to,
			  struct text validation_url, struct text confirmation_url,
			  struct arena *arena)
{
	struct request request =
	    to->api->enrol(to->channel, validation_url, confirmation_url, arena);

	return converse(inquiry, to, QUESTION_ENROL, &request, TEXT_NONE, arena);
}

int64_t inquiry_ask_at(struct inquiry *inquiry, const struct counterpart *to)
{
	int64_t ask_at;

	(void)pthread_mutex_lock(&inquiry->lock);
	ask_at = login_of(inquiry, to)->ask_at;
	(void)pthread_mutex_unlock(&inquiry->lock);
	return ask_at;
}

struct text inquiry_base_url(const struct settings *settings, struct arena *arena)
{
	if (settings->public_url.size > 0)
		return settings->public_url;
	return text_format(arena, "http://%.*s:%u", TEXT_ARG(settings->public_host),
			   settings->public_port);
}

bool inquiry_reaches_us(const struct settings *settings, const struct channel *channel,
			struct text *why)
{
	if (channel->environment != CHANNEL_PRODUCTION ||
	    text_starts(settings->public_url, TEXT("https://")))
		return true;
	*why = TEXT("production needs `public_url: https://...` in the settings");
	return false;
}
