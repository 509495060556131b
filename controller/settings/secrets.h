/*
 * Reads a secret at the rim: a file below the secrets folder (less one trailing line end) or an
 * environment variable. Blocks on disk; the bytes lie in the arena; any thread. It never logs what
 * it read; wide permissions are warned about once.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"
#include "model/common.h"

/* False with a sentence naming the file or variable; *out is then not readable. SECRET_NONE is
 * INVALID. */
bool secret_read(struct secret *out, struct text secrets_folder, struct secret_ref reference,
		 struct arena *arena, struct error *error) MUST_CHECK;
