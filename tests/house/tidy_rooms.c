#include "tidy.h"

#include <fnmatch.h>
#include <string.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_*"
#define NAME_SIZE 128

static const struct source *readme_of(const struct tree *tree, const char *folder)
{
	char path[256];
	(void)snprintf(path, sizeof(path), "%s/README.md", folder);
	for (size_t i = 0; i < tree->count; i++)
		if (strcmp(tree->sources[i].path, path) == 0)
			return &tree->sources[i];
	return NULL;
}

/* Is any word of the page this name, or a pattern that fits it ("ppp_*")? */
static bool names(const char *page, const char *name)
{
	while (*(page += strcspn(page, NAME_CHARACTERS))) {
		char word[NAME_SIZE];
		size_t size = strspn(page, NAME_CHARACTERS);
		(void)snprintf(word, sizeof(word), "%.*s", (int)size, page);
		/* Stars alone are emphasis, and a name between stars is that name. */
		if (strspn(word, "*") < size && fnmatch(word, name, 0) == 0)
			return true;
		page += size;
	}
	return false;
}

/* What a file is called in its room: "booking.c" and "booking.h" are one. */
void check_rooms(const struct tree *tree, struct report *report)
{
	for (size_t i = 0; i < tree->count; i++) {
		const struct source *source = &tree->sources[i];
		const char *folder = source_is_c(source) ? floors_room(source->path) : NULL;
		const char *file = folder ? source->path + strlen(folder) + 1 : NULL;
		const struct source *readme;
		char name[NAME_SIZE];
		if (!folder)
			continue;
		readme = readme_of(tree, folder);
		(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(file, "."), file);
		if (!readme)
			finding(report, source->path, 1, "%s/README.md is missing", folder);
		else if (!names(readme->text, name))
			finding(report, source->path, 1, "%s does not name `%s`", readme->path,
				name);
	}
}
