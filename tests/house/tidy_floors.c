#include "tidy.h"

#include <stdlib.h>
#include <string.h>

#define ROOMS_MAX 40
#define LINE_MAX_SIZE 512

/* The floors of the house. What a room really sees is said once, in the top CMakeLists.txt. */
static const struct {
	const char *room;
	int floor;
} floors[] = {
	{ "base", 0 },	   { "model", 1 },    { "menu", 1 },	 { "schemas", 1 }, { "git", 2 },
	{ "yaml", 2 },	   { "http", 2 },     { "settings", 2 }, { "router", 2 },  { "state", 2 },
	{ "intent", 3 },   { "policies", 3 }, { "provider", 3 }, { "plan", 4 },	   { "seat", 4 },
	{ "view", 5 },	   { "money", 5 },    { "asking", 6 },	 { "loop", 7 },	   { "cli", 8 },
	{ "page", 8 },	   { "webhook", 8 },
};

/* The only looks at a neighbour on the same floor, and why. */
static const struct {
	const char *from, *to;
} neighbours[] = {
	{ "menu", "model" },	  /* a row says whose it is */
	{ "schemas", "model" },	  /* a kind fills a noun */
	{ "settings", "yaml" },	  /* wavu.yaml */
	{ "router", "http" },	  /* REST */
	{ "policies", "intent" }, /* the packages and steps that were committed */
	{ "cli", "page" },	  /* `wavu page` */
};

/* Walls that no line in CMakeLists.txt may open: the street never sees what decides. */
static const struct {
	const char *room, *header, *why;
} walls[] = {
	{ "webhook", "router/", "the street's program knows no router" },
	{ "webhook", "plan/", "the street's program decides nothing" },
	{ "webhook", "loop/", "the street's program decides nothing" },
	{ "webhook", "money/", "the street's program books nothing" },
	{ "webhook", "asking/", "the street's program asks nobody" },
	{ "webhook", "intent/", "the street's program reads no repository" },
	{ "webhook", "state/ledger.h", "the street's program knows no ledger" },
	{ "page", "router/", "the page only reads the store" },
	{ "page", "loop/", "the page only reads the store" },
	{ "page", "money/", "the page only reads the store" },
	{ "money", "router/", "the books touch no router: they mark and ring" },
	{ "money", "http/", "the books ask nobody" },
	{ "money", "plan/", "the books compile no rows" },
	{ "money", "view/", "the books show nothing" },
	{ "asking", "router/", "who asks providers touches no router" },
	{ "asking", "plan/", "who asks providers compiles no rows" },
	{ "seat", "plan/", "what all share decides nothing" },
	{ "plan", "state/", "judgement has no side effects" },
	{ "policies", "state/", "judgement has no side effects" },
	{ "provider", "http/", "a provider is pure: requests are data" },
	{ "view", "yaml/", "documents are made from state" },
};

#define THREADS \
	{ "controller/base/", "controller/seat/", "controller/asking/", "controller/loop/", \
	  "state/", "webhook/", "controller/page/" }

/* One home each (house, section 3); in tests/ everything is allowed. */
static const struct {
	const char *header;
	const char *homes[8];
} libraries[] = {
	{ "sqlite3.h", { "state/" } },
	{ "git2.h", { "controller/git/" } },
	{ "git2/", { "controller/git/" } },
	{ "zlib.h", { "controller/git/" } },
	{ "yaml.h", { "controller/yaml/" } },
	{ "curl/", { "controller/http/", "controller/router/" } },
	{ "civetweb.h", { "webhook/", "controller/page/" } },
	{ "jansson.h", { "webhook/provider/", "controller/view/", "controller/router/rest_json" } },
	/* The page renders on threads of its own: a web server's thread has 100 KiB of stack. */
	{ "pthread.h", THREADS },
	{ "threads.h", THREADS },
	{ "openssl/", { "controller/base/", "controller/router/" } },
	{ "sanitizer/", { "controller/base/" } },
	{ "cmocka.h", { "tests/" } },
};

static const char *const pure_rooms[] = { "model",    "menu",	 "schemas",
					  "policies", "provider", "plan" };

/* Headers that open a door to the outside world. */
static const char *const impure_headers[] = { "time.h",	  "unistd.h",	"fcntl.h", "pthread.h",
					      "threads.h", "sys/",	"netinet/", "arpa/",
					      "netdb.h",  "poll.h",	"signal.h" };

struct room {
	char name[32];
	char folder[64];
	char sees[LINE_MAX_SIZE]; /* " base model state/inbox.h " */
};

static struct room rooms[ROOMS_MAX];
static size_t rooms_count;

static int floor_of(const char *room)
{
	for (size_t i = 0; i < COUNT(floors); i++)
		if (strcmp(floors[i].room, room) == 0)
			return floors[i].floor;
	return -1;
}

static bool is_neighbour(const char *from, const char *to)
{
	for (size_t i = 0; i < COUNT(neighbours); i++)
		if (strcmp(neighbours[i].from, from) == 0 && strcmp(neighbours[i].to, to) == 0)
			return true;
	return false;
}

static const char *wall_between(const char *room, const char *header)
{
	for (size_t i = 0; i < COUNT(walls); i++)
		if (strcmp(walls[i].room, room) == 0 && path_starts(header, walls[i].header))
			return walls[i].why;
	return NULL;
}

/*
 * A room that sees all of state/ would also see the ledger, so the wall's own folder is asked too.
 */
static void check_arrow(const struct room *room, const char *seen, unsigned line,
			struct report *report)
{
	char target[LINE_MAX_SIZE];
	(void)snprintf(target, sizeof(target), "%s", seen);
	target[strcspn(target, "/")] = '\0';
	int from = floor_of(room->name), to = floor_of(target);
	if (to < 0)
		finding(report, "CMakeLists.txt", line, "room %s has no floor", target);
	else if (to > from || (to == from && !is_neighbour(room->name, target)))
		finding(report, "CMakeLists.txt", line, "%s (floor %d) may not see %s (floor %d)",
			room->name, from, target, to);
	char folder[LINE_MAX_SIZE + 1];
	(void)snprintf(folder, sizeof(folder), "%s%s", seen, strchr(seen, '/') ? "" : "/");
	for (size_t i = 0; i < COUNT(walls); i++)
		if (strcmp(walls[i].room, room->name) == 0 &&
		    (path_starts(folder, walls[i].header) || path_starts(walls[i].header, folder)))
			finding(report, "CMakeLists.txt", line, "%s may never see %s: %s",
				room->name, seen, walls[i].why);
}

static void room_read(char *words, unsigned line, struct report *report)
{
	struct room *room = &rooms[rooms_count++];
	char *rest = words;
	const char *name = strsep(&rest, " ");
	const char *folder = rest ? strsep(&rest, " ") : "";
	(void)snprintf(room->name, sizeof(room->name), "%s", name);
	(void)snprintf(room->folder, sizeof(room->folder), "%s", folder);
	(void)snprintf(room->sees, sizeof(room->sees), " %s ", rest ? rest : "");
	if (floor_of(room->name) < 0)
		finding(report, "CMakeLists.txt", line, "room %s has no floor", room->name);
	const char *seen;
	while (rest && (seen = strsep(&rest, " ")))
		if (*seen)
			check_arrow(room, seen, line, report);
}

bool floors_read(const char *text, struct report *report)
{
	char line[LINE_MAX_SIZE];
	unsigned number = 0;
	rooms_count = 0;
	while (*text && rooms_count < ROOMS_MAX) {
		size_t size = strcspn(text, "\n");
		if (size >= sizeof(line))
			return false;
		memcpy(line, text, size);
		line[size] = '\0';
		number++;
		if (size)
			room_read(line, number, report);
		text += size + (text[size] == '\n');
	}
	return rooms_count > 0 && !*text;
}

static const struct room *room_of(const char *path)
{
	size_t size = strrchr(path, '/') ? (size_t)(strrchr(path, '/') - path) : 0;
	for (size_t i = 0; i < rooms_count; i++)
		if (strlen(rooms[i].folder) == size && strncmp(rooms[i].folder, path, size) == 0)
			return &rooms[i];
	return NULL;
}

const char *floors_room(const char *path)
{
	const struct room *room = room_of(path);
	return room ? room->folder : NULL;
}

static bool is_room(const char *name, size_t size)
{
	for (size_t i = 0; i < rooms_count; i++)
		if (strlen(rooms[i].name) == size && strncmp(rooms[i].name, name, size) == 0)
			return true;
	return false;
}

static bool sees(const struct room *room, const char *name)
{
	char word[LINE_MAX_SIZE];
	size_t size = strcspn(name, "/");
	if (strlen(room->name) == size && strncmp(room->name, name, size) == 0)
		return true;
	(void)snprintf(word, sizeof(word), " %.*s ", (int)size, name);
	if (strstr(room->sees, word))
		return true;
	(void)snprintf(word, sizeof(word), " %s ", name);
	return strstr(room->sees, word) != NULL;
}

static void check_system(const struct include *include, const struct room *room,
			 struct report *report)
{
	const char *path = include->source->path;
	for (size_t i = 0; i < COUNT(libraries); i++) {
		if (!path_starts(include->name, libraries[i].header))
			continue;
		bool home = path_starts(path, "tests/");
		for (size_t j = 0; j < COUNT(libraries[i].homes); j++)
			if (libraries[i].homes[j] && path_starts(path, libraries[i].homes[j]))
				home = true;
		if (!home)
			finding(report, path, include->line, "<%s> has its home in %s",
				include->name, libraries[i].homes[0]);
	}
	for (size_t i = 0; room && i < COUNT(pure_rooms); i++)
		for (size_t j = 0; j < COUNT(impure_headers); j++)
			if (strcmp(room->name, pure_rooms[i]) == 0 &&
			    path_starts(include->name, impure_headers[j]))
				finding(report, path, include->line,
					"%s is pure: no <%s>, ask for a parameter", room->name,
					include->name);
}

static void check_room(const struct include *include, const struct room *room,
		       struct report *report)
{
	const char *path = include->source->path;
	const char *slash = strchr(include->name, '/');
	if (!slash || !is_room(include->name, (size_t)(slash - include->name))) {
		finding(report, path, include->line, "\"%s\" names no room", include->name);
		return;
	}
	const char *why = wall_between(room->name, include->name);
	if (why)
		finding(report, path, include->line, "%s -> %s: %s", room->name, include->name,
			why);
	else if (!sees(room, include->name))
		finding(report, path, include->line,
			"%s -> %s: %s (floor %d) does not see that room", room->name,
			include->name, room->name, floor_of(room->name));
}

/* Which of the file's includes came first, and whether its own header came later. */
struct order {
	struct report *report;
	bool any;
};

static void check_own_first(const struct include *include, struct order *order,
			    const struct room *room)
{
	char own[LINE_MAX_SIZE];
	const char *name = strrchr(include->source->path, '/') + 1;
	(void)snprintf(own, sizeof(own), "%s/%.*s.h", room->name, (int)strcspn(name, "."), name);
	if (!include->system && order->any && strcmp(include->name, own) == 0 &&
	    path_ends(include->source->path, ".c"))
		finding(order->report, include->source->path, include->line,
			"a file's own header comes first: that shows that it stands alone");
	order->any = true;
}

static void check_include(const struct include *include, void *context)
{
	struct order *order = context;
	const struct room *room = room_of(include->source->path);
	if (strstr(include->name, "../"))
		finding(order->report, include->source->path, include->line,
			"\"%s\" climbs around the floors: name the room", include->name);
	else if (include->system)
		check_system(include, room, order->report);
	else if (room)
		check_room(include, room, order->report);
	else if (path_starts(include->source->path, "tests/world/") &&
		 path_starts(include->name, "menu/"))
		finding(order->report, include->source->path, include->line,
			"the simulated router shares no table with controller/menu");
	if (room)
		check_own_first(include, order, room);
}

void check_includes(const struct source *source, struct report *report)
{
	struct order order = { report, false };
	if (source_is_c(source))
		includes_each(source, check_include, &order);
}
