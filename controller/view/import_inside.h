/*
 * Inside of view/import*.c only: packages and people on their way from rows to YAML. Values in the
 * arena of one import; one thread; nothing here blocks.
 */
#pragma once

#include "view/import.h"
#include "view/shape.h"

/* A profile of the router, and the package it becomes. */
struct import_package {
	enum service service;
	struct text profile; /* of a fixed address: its queue's limits */
	struct text title;
	bool is_fixed; /* no profile: static or ipoe */
	struct text name;            /* of the package */
	const struct package *known; /* declared already, with an equal speed; else NULL */
	struct text why;             /* not empty: it cannot be taken, nor who uses it */
	struct speed speed;
	struct burst burst;
	uint32_t devices; /* 0: unlimited */
	uint32_t people;
};

struct import_person {
	const struct import_package *package;
	struct text account, username, title, phone, mac, address;
	bool is_disabled;
};

/* Texts that are taken. */
struct import_set {
	struct text *slots;
	uint32_t mask, count;
};

struct import_work {
	const struct import_input *in;
	struct arena *arena;
	struct import *out;
	struct import_package *packages;
	uint32_t package_count;
	struct import_person *people;
	uint32_t person_count;
	struct import_set package_names;
	struct import_set references;               /* accounts and aliases, as matched */
	struct import_set usernames[SERVICE_COUNT]; /* declared on this router */
	struct import_set addresses;
};

void import_set_open(struct import_set *set, uint32_t room, struct arena *arena);
/* False when it was there already. */
bool import_set_add(struct import_set *set, struct text text);
bool import_set_has(const struct import_set *set, struct text text);

const struct menu *import_profile_menu(enum service service);
const struct menu *import_row_menu(enum service service);
/* By mark or by inventory. */
bool import_is_ours(const struct import_work *work, const struct menu *menu, const struct row *row);
void import_leave(struct import_work *work, const char *menu, struct text key,
		  struct text reason);
/* May the text stand in YAML as it is: UTF-8, no control characters, at most `max` characters? */
bool import_is_plain(struct text text, uint32_t max);

void import_packages(struct import_work *work);
struct import_package *import_package_of(const struct import_work *work, enum service service,
					 struct text profile);
void import_people(struct import_work *work);
/* The same of fixed addresses; the packages before they are sorted and named. */
void import_fixed_packages(struct import_work *work);
void import_fixed_people(struct import_work *work);
/* Empty: this address can be taken, and is. */
struct text import_address_flaw(struct import_work *work, struct text address);
/* A row that has no flaw becomes a person; else it is left, and why is said. */
void import_take(struct import_work *work, const struct menu *menu, struct import_person *person,
		 struct text flaw, struct text comment);
/* "10M": the largest unit that gives a whole number; else thousandths of the smallest. */
struct text import_rate(uint64_t bits_per_s, struct arena *arena);
void import_write(struct import_work *work);

/* Inside of shapes.c: how it reads. */
void import_text(const json_t *data, struct output *output);
