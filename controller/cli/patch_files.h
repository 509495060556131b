/*
 * The files of a tenant's newest commit, to be patched. Everything lies in the call's arena; blocks
 * on git; one thread. It writes nothing.
 */
#pragma once

#include "cli/call.h"
#include "cli/patch.h"
#include "loop/newest.h"

/* Paths as `git apply` wants them at the top of the repository. */
bool patch_files_read(struct patch_file **files, uint32_t *count, struct call *call,
		      const struct newest_tenant *tenant, struct error *error) MUST_CHECK;
/* By the path that an intent gives (inside the tenant's folder); NULL when there is none. */
struct patch_file *patch_files_find(struct patch_file *files, uint32_t count, struct text path,
				    const struct newest_tenant *tenant, struct arena *arena);
