/* The folders of a run: state, secrets; and what is left of the state when a process is killed. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "sim/sim.h"

#define PATH_SIZE 512

static void path_of(char *out, const char *folder, const char *name)
{
	int size = snprintf(out, PATH_SIZE, "%s/%s", folder, name);

	invariant(size > 0 && size < PATH_SIZE);
}

static void write_file(const char *folder, const char *name, const char *content)
{
	char path[PATH_SIZE];
	FILE *file;

	path_of(path, folder, name);
	file = fopen(path, "w");
	invariant(file != NULL && fputs(content, file) >= 0 && fclose(file) == 0);
	invariant(chmod(path, 0600) == 0);
}

static void state_folder(char *out)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "state-%d", sim.generation);
	path_of(out, sim.folder, name);
}

static void open_stores(void)
{
	static char folder[PATH_SIZE];
	struct error error = { 0 };

	state_folder(folder);
	sim.settings.state = text_of(folder);
	check(
	    store_open(&sim.street, sim.settings.state, sim.tenant.name, STORE_WEBHOOK, &error) &&
		store_open(&sim.reader, sim.settings.state, sim.tenant.name, STORE_READER, &error),
	    "%s", error.text);
}

void files_begin(const char *parent)
{
	static char secrets[PATH_SIZE];
	char folder[PATH_SIZE], name[32], content[32];
	struct store *first;
	struct error error = { 0 };

	(void)snprintf(sim.folder, sizeof(sim.folder), "%s/%llu", parent,
		       (unsigned long long)sim.seed);
	invariant(mkdir(sim.folder, 0700) == 0);
	path_of(secrets, sim.folder, "secrets");
	invariant(mkdir(secrets, 0700) == 0);
	write_file(secrets, "main.token", "b7Kd9Qw2Zr5Tn8XcJm4f");
	write_file(secrets, "spare.token", "c8Le0Rx3As6Uo9YdKn5g");
	write_file(secrets, "router.pw", ROUTER_PASSWORD);
	for (int i = 0; i < SUBS; i++) {
		(void)snprintf(name, sizeof(name), "SN-%04d.pw", i + 1);
		(void)snprintf(content, sizeof(content), "file-%d", i + 1);
		write_file(secrets, name, content);
	}
	sim.settings.secrets = text_of(secrets);
	sim.tenant = (struct settings_tenant){ .name = TEXT(TENANT), .branch = TEXT("main") };
	sim.settings.tenants = &sim.tenant;
	sim.settings.tenant_count = 1;
	sim.settings.workers = 8;
	state_folder(folder);
	invariant(mkdir(folder, 0700) == 0);
	/* Made by the controller, as in life; a reader of files that are not there sees nothing. */
	check(store_open(&first, text_of(folder), sim.tenant.name, STORE_CONTROLLER, &error), "%s",
	      error.text);
	store_close(first);
	open_stores();
}

static void copy_file(const char *from, const char *to)
{
	static char bytes[1u << 16];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	ssize_t size;

	invariant(in >= 0 && out >= 0);
	while ((size = read(in, bytes, sizeof(bytes))) > 0)
		invariant(write(out, bytes, (size_t)size) == size);
	invariant(size == 0 && close(in) == 0 && close(out) == 0);
}

/*
 * The handles of the dead stay open in this process, locks and all, and are never used again: so
 * the living get copies. The shared-memory index is left out, as a machine that crashed would have
 * it.
 */
void files_inherit(void)
{
	char from[PATH_SIZE], to[PATH_SIZE], in[PATH_SIZE], out[PATH_SIZE];
	struct dirent *entry;
	DIR *folder;

	state_folder(from);
	sim.generation++;
	state_folder(to);
	invariant(mkdir(to, 0700) == 0);
	folder = opendir(from);
	invariant(folder != NULL);
	while ((entry = readdir(folder)) != NULL) {
		const char *dot = strrchr(entry->d_name, '.');

		if (dot == NULL || (strcmp(dot, ".db") != 0 && strcmp(dot, ".db-wal") != 0))
			continue;
		path_of(in, from, entry->d_name);
		path_of(out, to, entry->d_name);
		copy_file(in, out);
	}
	(void)closedir(folder);
	open_stores();
}

static void remove_folder(const char *path)
{
	char name[PATH_SIZE];
	struct dirent *entry;
	DIR *folder = opendir(path);

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		path_of(name, path, entry->d_name);
		if (entry->d_type == DT_DIR)
			remove_folder(name);
		else
			(void)unlink(name);
	}
	if (folder != NULL)
		(void)closedir(folder);
	(void)rmdir(path);
}

void files_end(void)
{
	remove_folder(sim.folder);
}
