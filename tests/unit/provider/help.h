/*
 * Shared by this room's tests: a channel, a parse of some bytes, files by path. The arena belongs
 * to the caller.
 */
#pragma once

#include "provider/provider.h"

/* A paybill whose short code is 600638, in Kenya. */
struct channel help_channel(void);
/* What daraja makes of these bytes as a confirmation. */
struct notice help_parse(struct text body, struct arena *arena);
/* The whole file into the arena; a file that cannot be read fails the test. */
struct text help_file(struct arena *arena, const char *folder, const char *name);
/* An environment variable, or ends the program as skipped (77) with a word on what is missing. */
const char *help_folder(const char *variable, const char *below, char *out, size_t size);
