#include "shared.h"

#include <stdio.h>
#include <stdlib.h>

char *shared_read(const char *name)
{
	const char *folder = getenv("WAVU_SHARED");
	char path[1024];
	char *text;
	size_t size;
	FILE *file;

	snprintf(path, sizeof(path), "%s/facts/routeros-fixtures/%s",
		 folder == NULL ? "../shared" : folder, name);
	file = fopen(path, "rb");
	if (file == NULL) {
		fprintf(stderr, "skipped: no %s beside the checkout\n", name);
		return NULL;
	}
	text = calloc(1, 1 << 20);
	if (text == NULL)
		abort();
	size = fread(text, 1, (1 << 20) - 1, file);
	text[size] = '\0';
	fclose(file);
	return text;
}
