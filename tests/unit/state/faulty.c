#include "faulty.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#define FILES_MAX 32
#define SECTOR 512

/* One file as the disk knows it. */
struct disk_file {
	char path[300];
	unsigned char *synced; /* contents at the newest fsync */
	int64_t synced_size;
	unsigned char *now; /* contents as written */
	int64_t size, room;
	unsigned char *dirty; /* one per sector: written since the newest fsync */
	bool exists;
};

struct faulty_file {
	sqlite3_file base;
	struct disk_file *disk; /* NULL: a file that is not kept, as of memory */
	sqlite3_file *real;
};

static sqlite3_vfs faulty, *real_vfs;
static struct disk_file files[FILES_MAX];
static enum faulty_kind planned;
static int countdown, syncs;
static bool hit, power_is_off;

static struct disk_file *disk_of(const char *path)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		if (files[i].path[0] == '\0')
			(void)snprintf(files[i].path, sizeof(files[i].path), "%s", path);
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	}
	abort();
}

static void make_room(struct disk_file *disk, int64_t size)
{
	int64_t room = disk->room;

	if (size <= room)
		return;
	disk->room = size * 2 + 65536;
	disk->now = realloc(disk->now, (size_t)disk->room);
	disk->dirty = realloc(disk->dirty, (size_t)disk->room / SECTOR + 1);
	if (disk->now == NULL || disk->dirty == NULL)
		abort();
	memset(disk->now + room, 0, (size_t)(disk->room - room));
	memset(disk->dirty + room / SECTOR, 0, (size_t)(disk->room / SECTOR - room / SECTOR) + 1);
}

static void note_write(struct disk_file *disk, const void *bytes, int64_t size, int64_t offset)
{
	make_room(disk, offset + size);
	memcpy(disk->now + offset, bytes, (size_t)size);
	if (offset + size > disk->size)
		disk->size = offset + size;
	memset(disk->dirty + offset / SECTOR, 1,
	       (size_t)((offset + size - 1) / SECTOR - offset / SECTOR + 1));
}

static void note_sync(struct disk_file *disk)
{
	disk->synced = realloc(disk->synced, (size_t)disk->size + 1);
	if (disk->synced == NULL)
		abort();
	if (disk->size > 0)
		memcpy(disk->synced, disk->now, (size_t)disk->size);
	disk->synced_size = disk->size;
	if (disk->dirty != NULL)
		memset(disk->dirty, 0, (size_t)disk->room / SECTOR + 1);
	disk->exists = true;
}

/* What already lies on the disk when the file is opened is synced. */
static void note_open(struct disk_file *disk, sqlite3_file *real)
{
	sqlite3_int64 size = 0;

	if (disk->exists || disk->size > 0)
		return;
	(void)real->pMethods->xFileSize(real, &size);
	if (size == 0)
		return;
	make_room(disk, size);
	(void)real->pMethods->xRead(real, disk->now, (int)size, 0);
	disk->size = size;
	note_sync(disk);
}

static bool fails(enum faulty_kind first, enum faulty_kind second)
{
	if (planned == FAULTY_NONE || (planned != first && planned != second))
		return false;
	if (countdown > 0 && --countdown > 0)
		return false;
	hit = true;
	if (planned != FAULTY_FULL)
		planned = FAULTY_NONE;
	return true;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct faulty_file *)(void *)file)->real;
}

static int on_close(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);
	int result = real->pMethods->xClose(real);

	free(real);
	((struct faulty_file *)(void *)file)->real = NULL;
	return result;
}

static int on_read(sqlite3_file *file, void *out, int size, sqlite3_int64 offset)
{
	return real_of(file)->pMethods->xRead(real_of(file), out, size, offset);
}

static int on_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
	struct disk_file *disk = ((struct faulty_file *)(void *)file)->disk;
	bool full = planned == FAULTY_FULL;

	if (fails(FAULTY_EIO, FAULTY_FULL)) {
		/* A disk that fails may have kept the beginning. */
		if (disk != NULL && size > SECTOR)
			note_write(disk, bytes, SECTOR, offset);
		errno = full ? ENOSPC : EIO;
		return full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
	}
	if (disk != NULL && !power_is_off)
		note_write(disk, bytes, size, offset);
	return real_of(file)->pMethods->xWrite(real_of(file), bytes, size, offset);
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct disk_file *disk = ((struct faulty_file *)(void *)file)->disk;

	if (disk != NULL && size < disk->size && !power_is_off) {
		memset(disk->now + size, 0, (size_t)(disk->size - size));
		disk->size = size;
	}
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int on_sync(sqlite3_file *file, int flags)
{
	struct disk_file *disk = ((struct faulty_file *)(void *)file)->disk;

	if (fails(FAULTY_FSYNC, FAULTY_FSYNC))
		return SQLITE_IOERR_FSYNC;
	syncs++;
	if (disk != NULL && !power_is_off)
		note_sync(disk);
	return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int on_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int on_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int on_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int on_check_lock(sqlite3_file *file, int *out)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int on_control(sqlite3_file *file, int operation, void *argument)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int on_sector_size(sqlite3_file *file)
{
	(void)file;
	return SECTOR;
}

/* A disk that promises nothing: no atomic sectors, no order. */
static int on_characteristics(sqlite3_file *file)
{
	(void)file;
	return 0;
}

static int on_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
	return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}

static int on_shared_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void on_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int on_unmap(sqlite3_file *file, int forget)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), forget);
}

static const sqlite3_io_methods methods = {
	2,
	on_close,
	on_read,
	on_write,
	on_truncate,
	on_sync,
	on_size,
	on_lock,
	on_unlock,
	on_check_lock,
	on_control,
	on_sector_size,
	on_characteristics,
	on_map,
	on_shared_lock,
	on_barrier,
	on_unmap,
	NULL,
	NULL,
};

static int on_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
		   int *out_flags)
{
	struct faulty_file *opened = (struct faulty_file *)(void *)file;
	int kept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
	int result;

	(void)vfs;
	memset(opened, 0, sizeof(*opened));
	opened->real = calloc(1, (size_t)real_vfs->szOsFile);
	if (opened->real == NULL)
		abort();
	result = real_vfs->xOpen(real_vfs, name, opened->real, flags, out_flags);
	if (opened->real->pMethods == NULL) {
		free(opened->real);
		opened->real = NULL;
		return result;
	}
	if (name != NULL && (flags & kept) != 0) {
		opened->disk = disk_of(name);
		note_open(opened->disk, opened->real);
	}
	opened->base.pMethods = &methods;
	return result;
}

/* At once and for good: the log's first fsync also syncs the folder. */
static int on_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	struct disk_file *disk = disk_of(name);

	(void)vfs;
	disk->exists = false;
	disk->size = disk->synced_size = 0;
	return real_vfs->xDelete(real_vfs, name, sync_folder);
}

void faulty_install(void)
{
	real_vfs = sqlite3_vfs_find(NULL);
	faulty = *real_vfs;
	faulty.zName = "faulty";
	faulty.szOsFile = (int)sizeof(struct faulty_file);
	faulty.xOpen = on_open;
	faulty.xDelete = on_delete;
	faulty.pNext = NULL;
	if (sqlite3_vfs_register(&faulty, 1) != SQLITE_OK)
		abort();
}

void faulty_plan(enum faulty_kind kind, int nth)
{
	planned = kind;
	countdown = nth;
	hit = false;
}

bool faulty_hit(void)
{
	return hit;
}

int faulty_syncs(void)
{
	return syncs;
}

void faulty_forget(void)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		free(files[i].now);
		free(files[i].synced);
		free(files[i].dirty);
		memset(&files[i], 0, sizeof(files[i]));
	}
}

static uint64_t next(uint64_t *random)
{
	*random ^= *random >> 12;
	*random ^= *random << 25;
	*random ^= *random >> 27;
	return (*random * UINT64_C(2685821657736338717)) >> 33;
}

static void write_image(const struct disk_file *disk, const char *folder, uint64_t *random)
{
	const char *slash = strrchr(disk->path, '/');
	int64_t size = disk->synced_size;
	uint64_t keeps = next(random) % 5; /* of 4: none … all of what was never synced */
	unsigned char *image;
	char path[600];
	FILE *file;

	/* The length is as unsure as the rest. */
	if (disk->size > size && next(random) % 2)
		size = disk->size;
	image = calloc(1, (size_t)size + SECTOR);
	if (image == NULL)
		abort();
	if (disk->synced_size > 0)
		memcpy(image, disk->synced,
		       (size_t)(disk->synced_size < size ? disk->synced_size : size));
	for (int64_t at = 0; at < disk->size && at < size; at += SECTOR) {
		int64_t part = disk->size - at < SECTOR ? disk->size - at : SECTOR;
		if (disk->dirty[at / SECTOR] && next(random) % 4 < keeps)
			memcpy(image + at, disk->now + at, (size_t)part);
	}
	(void)snprintf(path, sizeof(path), "%s%s", folder, slash);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(image, 1, (size_t)size, file) != (size_t)size ||
	    fclose(file) != 0)
		abort();
	free(image);
}

void faulty_power_cut(const char *folder, uint64_t seed)
{
	uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;

	for (size_t i = 0; i < FILES_MAX; i++)
		/* What was opened in that folder is an earlier cut, not the disk. */
		if (files[i].path[0] != '\0' && files[i].exists &&
		    strncmp(files[i].path, folder, strlen(folder)) != 0)
			write_image(&files[i], folder, &random);
}
