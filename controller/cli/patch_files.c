#include "cli/patch_files.h"

#include "git/repository.h"
#include "view/outlook.h"

static struct text whole_path(const struct newest_tenant *tenant, struct text path,
			      struct arena *arena)
{
	struct text folder = tenant->seat->tenant->path;

	if (folder.size == 0 || text_is(folder, "."))
		return path;
	return text_format(arena, "%.*s/%.*s", TEXT_ARG(folder), TEXT_ARG(path));
}

bool patch_files_read(struct patch_file **files, uint32_t *count, struct call *call,
		      const struct newest_tenant *tenant, struct error *error)
{
	const struct settings_tenant *settings = tenant->seat->tenant;
	struct text from = settings->is_local
			       ? settings->repository
			       : settings_mirror(&call->settings, settings, &call->arena);
	struct repository *repository;
	struct blob *blobs;
	uint32_t blob_count = 0;
	bool done;

	*count = 0;
	if (!repository_open(&repository, from, error))
		return false;
	done = repository_blobs(&blobs, &blob_count, repository, tenant->commit, settings->path,
				&call->arena, error);
	repository_close(repository);
	if (!done)
		return false;
	*files = ARENA_ARRAY(&call->arena, struct patch_file, blob_count + 1);
	for (uint32_t i = 0; i < blob_count; i++)
		if (blobs[i].refusal == NULL)
			patch_open(&(*files)[(*count)++],
				   whole_path(tenant, blobs[i].path, &call->arena), blobs[i].bytes,
				   &call->arena);
	return true;
}

struct patch_file *patch_files_find(struct patch_file *files, uint32_t count, struct text path,
				    const struct newest_tenant *tenant, struct arena *arena)
{
	struct text whole = whole_path(tenant, path, arena);

	for (uint32_t i = 0; i < count; i++)
		if (text_equal(files[i].path, whole))
			return &files[i];
	return NULL;
}
