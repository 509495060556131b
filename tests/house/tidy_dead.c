#include "tidy.h"

#include <stdlib.h>
#include <string.h>

/* Looks for one header among all includes of the tree. */
struct search {
	const char *path;
	bool found;
};

static void compare(const struct include *include, void *context)
{
	struct search *search = context;
	size_t path_size = strlen(search->path), name_size = strlen(include->name);
	if (include->system || !path_ends(search->path, include->name))
		return;
	/* "text.h" is no name of "context.h". */
	if (path_size == name_size || search->path[path_size - name_size - 1] == '/')
		search->found = true;
}

static bool is_included(const struct tree *tree, const char *path)
{
	struct search search = { path, false };
	for (size_t i = 0; i < tree->count && !search.found; i++)
		if (source_is_c(&tree->sources[i]))
			includes_each(&tree->sources[i], compare, &search);
	return search.found;
}

/* The build writes one entry per compiled file, with its path from the root of the machine. */
static bool is_compiled(const char *commands, const char *path)
{
	char entry[1024];
	(void)snprintf(entry, sizeof(entry), "/%s\"", path);
	return strstr(commands, entry) != NULL;
}

void check_dead(const struct tree *tree, const char *commands, struct report *report)
{
	for (size_t i = 0; i < tree->count; i++) {
		const char *path = tree->sources[i].path;
		if (path_ends(path, ".c") && !is_compiled(commands, path))
			finding(report, path, 1, "no target builds this file");
		if (path_ends(path, ".h") && !is_included(tree, path))
			finding(report, path, 1, "nobody includes this header");
	}
}
