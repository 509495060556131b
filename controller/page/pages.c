#include "page/pages.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/payment.h"
#include "page/frame.h"
#include "view/attempt_view.h"
#include "view/explain_view.h"
#include "view/fleet_view.h"
#include "view/metrics_view.h"
#include "view/subscriber_view.h"
#include "view/waiting_view.h"

#define HISTORY_LINES 50
#define FRONT_LINES 10
#define FRONT_PAYMENTS 5
#define LINES_MAX 1000
#define TOTALS_DAYS 31

struct page_cache {
	const struct settings *settings;
	pthread_mutex_t lock;
	struct intent **intents; /* by the tenant's index */
};

/* One request's work. */
struct rendering {
	const struct request *request;
	struct outlook *outlooks;
	uint32_t count;
	int64_t now;
	struct arena *arena;
};

typedef bool renderer(struct response *response, struct rendering *rendering, struct error *error);

struct page_cache *page_cache_new(const struct settings *settings)
{
	struct page_cache *cache = calloc(1, sizeof *cache);

	if (cache == NULL)
		fatal("out of memory");
	cache->settings = settings;
	cache->intents = calloc(settings->tenant_count, sizeof *cache->intents);
	if (cache->intents == NULL || pthread_mutex_init(&cache->lock, NULL) != 0)
		fatal("out of memory");
	return cache;
}

void page_cache_free(struct page_cache *cache)
{
	if (cache == NULL)
		return;
	for (uint32_t i = 0; i < cache->settings->tenant_count; i++)
		intent_release(cache->intents[i]);
	pthread_mutex_destroy(&cache->lock);
	free(cache->intents);
	free(cache);
}

static struct intent *cache_take(struct page_cache *cache, uint32_t tenant)
{
	struct intent *intent;

	pthread_mutex_lock(&cache->lock);
	intent = cache->intents[tenant] == NULL ? NULL : intent_hold(cache->intents[tenant]);
	pthread_mutex_unlock(&cache->lock);
	return intent;
}

static void cache_put(struct page_cache *cache, uint32_t tenant, struct intent *intent)
{
	struct intent *former;

	if (intent == NULL)
		return;
	pthread_mutex_lock(&cache->lock);
	former = cache->intents[tenant];
	cache->intents[tenant] = intent_hold(intent);
	pthread_mutex_unlock(&cache->lock);
	intent_release(former);
}

/* The value of a name in the query as it stands there, or empty. */
static struct text query_value(struct text query, const char *wanted)
{
	struct text part, rest = query, name, value;

	while (rest.size > 0) {
		/* The last part has no & behind it: it is whole, and nothing rests. */
		(void)text_cut(rest, '&', &part, &rest);
		if (text_cut(part, '=', &name, &value) && text_is(name, wanted))
			return value;
	}
	return TEXT_NONE;
}

/* "n=20" in the query, within bounds; anything else is the default. */
static uint32_t query_lines(struct text query)
{
	uint64_t lines;

	if (text_u64(query_value(query, "n"), &lines) && lines > 0 && lines <= LINES_MAX)
		return (uint32_t)lines;
	return HISTORY_LINES;
}

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* "kn+0042%21" -> "kn 0042!". What is no escape stays as it is. */
static struct text unescaped(struct text value, struct arena *arena)
{
	char *out = ARENA_ARRAY(arena, char, value.size + 1u);
	uint32_t size = 0;

	for (uint32_t i = 0; i < value.size; i++) {
		int high = i + 2 < value.size ? hex_digit(value.at[i + 1]) : -1;
		int low = i + 2 < value.size ? hex_digit(value.at[i + 2]) : -1;

		if (value.at[i] == '%' && high >= 0 && low >= 0) {
			out[size++] = (char)(high << 4 | low);
			i += 2;
		} else {
			out[size++] = value.at[i] == '+' ? ' ' : value.at[i];
		}
	}
	return (struct text){ out, size };
}

static void answer_json(struct response *response, struct document *document, struct arena *arena)
{
	*response = (struct response){ 200, "application/json",
				       document_render(document, FORMAT_JSON, false, arena) };
	document_free(document);
}

static void answer_page(struct response *response, const char *title, struct document *document,
			struct arena *arena)
{
	struct text inside = document_render(document, FORMAT_HTML, false, arena);

	*response = (struct response){ 200, "text/html; charset=utf-8",
				       frame_page(title, inside, arena) };
	document_free(document);
}

static bool make_status(struct document **out, struct rendering *given, struct error *error)
{
	return view_status(out, given->outlooks, given->count, given->now, given->arena, error);
}

/* What a person opens at midnight: how it is, and what was done last. */
static bool front(struct response *response, struct rendering *given, struct error *error)
{
	struct document *status, *waiting, *latest, *last;
	struct text inside, recent, waits, paid;

	if (!make_status(&status, given, error))
		return false;
	inside = document_render(status, FORMAT_HTML, false, given->arena);
	document_free(status);
	if (!view_waiting(&waiting, given->outlooks, given->count, FRONT_LINES, given->now,
			  given->arena, error))
		return false;
	waits = document_render(waiting, FORMAT_HTML, false, given->arena);
	document_free(waiting);
	if (!view_payments(&latest, given->outlooks, given->count,
			   &(struct payments_asked){ .status = -1, .max = FRONT_PAYMENTS },
			   given->now, given->arena, error))
		return false;
	paid = document_render(latest, FORMAT_HTML, false, given->arena);
	document_free(latest);
	if (!view_history(&last, given->outlooks, given->count, TEXT_NONE, FRONT_LINES,
			  given->arena, error))
		return false;
	recent = document_render(last, FORMAT_HTML, false, given->arena);
	document_free(last);
	inside = text_format(given->arena,
			     "%.*s<h2>Paid and waiting</h2>\n%.*s<h2>Latest payments</h2>\n%.*s"
			     "<h2>Recent history</h2>\n%.*s",
			     TEXT_ARG(inside), TEXT_ARG(waits), TEXT_ARG(paid), TEXT_ARG(recent));
	*response = (struct response){ 200, "text/html; charset=utf-8",
				       frame_page("wavu", inside, given->arena) };
	return true;
}

static bool api_status(struct response *response, struct rendering *given, struct error *error)
{
	struct document *document;

	if (!make_status(&document, given, error))
		return false;
	answer_json(response, document, given->arena);
	return true;
}

static bool metrics(struct response *response, struct rendering *given, struct error *error)
{
	struct document *document;
	struct text body;
	bool made;

	if (!make_status(&document, given, error))
		return false;
	made = view_metrics(&body, document, given->outlooks, given->count, given->now,
			    given->arena, error);
	document_free(document);
	*response = (struct response){
		200, "application/openmetrics-text; version=1.0.0; charset=utf-8", body
	};
	return made;
}

static bool drift(struct response *response, struct rendering *given, struct error *error)
{
	struct document *document;
	uint32_t differences;

	if (!view_drift(&document, &differences, given->outlooks, given->count, given->arena,
			error))
		return false;
	if (text_starts(given->request->path, TEXT("/api/")))
		answer_json(response, document, given->arena);
	else
		answer_page(response, "Drift", document, given->arena);
	return true;
}

static bool history(struct response *response, struct rendering *given, struct error *error)
{
	struct document *document;

	if (!view_history(&document, given->outlooks, given->count, TEXT_NONE,
			  query_lines(given->request->query), given->arena, error))
		return false;
	if (text_starts(given->request->path, TEXT("/api/")))
		answer_json(response, document, given->arena);
	else
		answer_page(response, "History", document, given->arena);
	return true;
}

static bool payments_of(struct response *response, const char *title, int status, uint32_t max,
			struct rendering *given, struct error *error)
{
	struct document *document;

	if (!view_payments(&document, given->outlooks, given->count,
			   &(struct payments_asked){ .status = status, .max = max }, given->now,
			   given->arena, error))
		return false;
	answer_page(response, title, document, given->arena);
	return true;
}

static bool payments(struct response *response, struct rendering *given, struct error *error)
{
	return payments_of(response, "Latest payments", -1, query_lines(given->request->query),
			   given, error);
}

static bool unmatched(struct response *response, struct rendering *given, struct error *error)
{
	return payments_of(response, "Unmatched payments", PAYMENT_UNMATCHED, LINES_MAX, given,
			   error);
}

static bool held(struct response *response, struct rendering *given, struct error *error)
{
	return payments_of(response, "Held payments", PAYMENT_HELD, LINES_MAX, given, error);
}

/* What came in, day by day. */
static bool totals(struct response *response, struct rendering *given, struct error *error)
{
	struct document *document;

	if (!view_takings(&document, given->outlooks, given->count,
			  &(struct takings_asked){ .days = TOTALS_DAYS }, given->now, given->arena,
			  error))
		return false;
	answer_page(response, "Money in, by day", document, given->arena);
	return true;
}

static bool prompts(struct response *response, struct rendering *given, struct error *error)
{
	struct document *document;

	if (!view_attempts(&document, given->outlooks, given->count,
			   query_lines(given->request->query), given->arena, error))
		return false;
	answer_page(response, "Prompts", document, given->arena);
	return true;
}

static const char ask_form[] =
    "<form action=\"/explain\"><input name=\"thing\" autocomplete=\"off\" "
    "aria-label=\"receipt, phone, account or router\"><button>Explain</button></form>\n"
    "<p class=\"note\">A receipt, a phone, an account, what the payer typed, a prompt (a-17) or a "
    "router.</p>\n";

/* "I paid and have no internet": the answer, and its whole chain. */
static bool explain(struct response *response, struct rendering *given, struct error *error)
{
	struct text thing = text_trim(
	    unescaped(query_value(given->request->query, "thing"), given->arena));
	bool is_api = text_starts(given->request->path, TEXT("/api/")), found = false;
	struct text answer = TEXT_NONE;
	struct document *document = NULL;

	if (thing.size > 0 && !view_explain(&document, &found, given->outlooks, given->count,
					    thing, given->now, given->arena, error))
		return false;
	if (is_api && found) {
		answer_json(response, document, given->arena);
		return true;
	}
	if (found) {
		answer = document_render(document, FORMAT_HTML, false, given->arena);
		document_free(document);
	} else if (thing.size > 0) {
		answer = TEXT("<p class=\"verdict\">Nothing is known of that: no account, alias, "
			      "phone, username, receipt, prompt or router, and nobody typed it."
			      "</p>");
	}
	*response = (struct response){
		found || (thing.size == 0 && !is_api) ? 200 : 404, "text/html; charset=utf-8",
		frame_still_page(found ? text_copy(given->arena, thing).at : "Who paid?",
				 text_format(given->arena, "%s%.*s", ask_form, TEXT_ARG(answer)),
				 given->arena)
	};
	return true;
}

static bool waiting(struct response *response, struct rendering *given, struct error *error)
{
	struct document *document;

	if (!view_waiting(&document, given->outlooks, given->count, LINES_MAX, given->now,
			  given->arena, error))
		return false;
	answer_page(response, "Paid and waiting", document, given->arena);
	return true;
}

static bool router(struct response *response, struct rendering *given, struct error *error)
{
	struct text name = text_from(given->request->path, sizeof "/routers/" - 1);
	struct document *document;
	bool known = false;

	for (uint32_t i = 0; i < given->count; i++)
		known = known || (given->outlooks[i].intent != NULL &&
				  intent_router(given->outlooks[i].intent, name) != NULL);
	if (!known) {
		*response = (struct response){ 404, "text/html; charset=utf-8",
					       frame_page("No such router",
							  TEXT("<p>No router has this name.</p>"),
							  given->arena) };
		return true;
	}
	if (!view_history(&document, given->outlooks, given->count, name, HISTORY_LINES,
			  given->arena, error))
		return false;
	answer_page(response, text_copy(given->arena, name).at, document, given->arena);
	return true;
}

static bool health(struct response *response, struct rendering *given, struct error *error)
{
	(void)given;
	(void)error;
	*response = (struct response){ 200, "text/plain; charset=utf-8", TEXT("ok\n") };
	return true;
}

static bool ready(struct response *response, struct rendering *given, struct error *error)
{
	(void)error;
	*response = (struct response){ 200, "text/plain; charset=utf-8", TEXT("ready\n") };
	for (uint32_t i = 0; i < given->count; i++) {
		if (given->outlooks[i].source.commit.size > 0 &&
		    given->outlooks[i].trouble.size == 0)
			continue;
		response->status = 503;
		response->body = text_format(given->arena, "tenant %.*s has no commit in force\n",
					     TEXT_ARG(given->outlooks[i].tenant->name));
	}
	return true;
}

static const struct {
	const char *path;
	bool prefix;
	renderer *render;
} pages[] = {
	{ "/", false, front },
	{ "/api/drift", false, drift },
	{ "/api/explain", false, explain },
	{ "/api/history", false, history },
	{ "/api/status", false, api_status },
	{ "/drift", false, drift },
	{ "/explain", false, explain },
	{ "/healthz", false, health },
	{ "/history", false, history },
	{ "/metrics", false, metrics },
	{ "/payments", false, payments },
	{ "/payments/held", false, held },
	{ "/payments/prompts", false, prompts },
	{ "/payments/totals", false, totals },
	{ "/payments/unmatched", false, unmatched },
	{ "/payments/waiting", false, waiting },
	{ "/readyz", false, ready },
	{ "/routers/", true, router },
};

static renderer *renderer_of(struct text path)
{
	for (size_t i = 0; i < ARRAY_COUNT(pages); i++)
		if (pages[i].prefix ? text_starts(path, text_of(pages[i].path))
				    : text_is(path, pages[i].path))
			return pages[i].render;
	return NULL;
}

static bool open_all(struct rendering *given, struct page_cache *cache, struct error *error)
{
	given->outlooks = ARENA_ARRAY(given->arena, struct outlook, cache->settings->tenant_count);
	for (uint32_t i = 0; i < cache->settings->tenant_count; i++) {
		struct outlook *outlook = &given->outlooks[i];

		if (!outlook_open(outlook, cache->settings, &cache->settings->tenants[i],
				  cache_take(cache, i), given->arena, error))
			return false;
		given->count++;
		cache_put(cache, i, outlook->intent);
	}
	return true;
}

void pages_render(struct response *response, const struct request *request,
		  struct page_cache *cache, struct arena *arena)
{
	struct rendering given = { .request = request, .now = clock_now(), .arena = arena };
	renderer *render = renderer_of(request->path);
	struct error error = { 0 };

	if (render == NULL) {
		*response = (struct response){
			404, "text/html; charset=utf-8",
			frame_page("Not found", TEXT("<p>There is no such page.</p>"), arena)
		};
		return;
	}
	if (!open_all(&given, cache, &error) || !render(response, &given, &error))
		*response = (struct response){ 503, "text/plain; charset=utf-8",
					       text_format(arena, "%s\n", error.text) };
	for (uint32_t i = 0; i < given.count; i++)
		outlook_close(&given.outlooks[i]);
}
