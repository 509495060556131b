#include "loop/pace.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "menu/menu.h"

#define MS_US INT64_C(1000)
#define VAIN_MAX 32 /* the gap has long been at its maximum */

struct pace {
	int64_t first_at, last_at; /* of what was told */
	uint32_t vain;             /* looks in a row that found nothing to do */
	bool pending;              /* told, and not looked at yet */
	bool rung;                 /* a look was asked for */
	bool taken;                /* the job that runs may answer it */
};

struct paces {
	struct pace menus[MENU_COUNT];
};

struct paces *paces_new(void)
{
	struct paces *paces = calloc(1, sizeof(*paces));

	if (paces == NULL)
		fatal("out of memory");
	return paces;
}

int64_t pace_gap_us(uint32_t vain)
{
	int64_t gap_ms = HINT_GAP_MS;

	if (vain == 0)
		return 0;
	for (uint32_t i = 1; i < vain && gap_ms < HINT_GAP_MS_MAX; i++)
		gap_ms *= 2;
	return (gap_ms < HINT_GAP_MS_MAX ? gap_ms : HINT_GAP_MS_MAX) * MS_US;
}

void paces_hint(struct paces *paces, uint32_t menus, int64_t now)
{
	for (uint32_t i = 0; i < MENU_COUNT; i++) {
		struct pace *pace = &paces->menus[i];

		if (((menus >> i) & 1u) == 0)
			continue;
		/* Who was quiet for long is believed at once again. */
		if (now - pace->last_at > HINT_CALM_MS * MS_US)
			pace->vain = 0;
		if (!pace->pending)
			pace->first_at = now;
		pace->last_at = now;
		pace->pending = true;
	}
}

static int64_t due_at(const struct pace *pace, int64_t looked_at)
{
	int64_t quiet_at = pace->last_at + HINT_QUIET_MS * MS_US;
	int64_t patient_at = pace->first_at + HINT_PATIENCE_MS * MS_US;
	int64_t at = quiet_at < patient_at ? quiet_at : patient_at;
	int64_t allowed_at = looked_at + pace_gap_us(pace->vain);

	return at > allowed_at ? at : allowed_at;
}

int64_t paces_due_at(const struct paces *paces, int64_t looked_at)
{
	int64_t least = INT64_MAX;

	for (uint32_t i = 0; i < MENU_COUNT; i++) {
		const struct pace *pace = &paces->menus[i];

		if (pace->pending && !pace->rung && due_at(pace, looked_at) < least)
			least = due_at(pace, looked_at);
	}
	return least;
}

void paces_rung(struct paces *paces)
{
	/* One complete look answers them all. */
	for (uint32_t i = 0; i < MENU_COUNT; i++)
		paces->menus[i].rung = paces->menus[i].pending;
}

void paces_taken(struct paces *paces)
{
	for (uint32_t i = 0; i < MENU_COUNT; i++)
		paces->menus[i].taken = paces->menus[i].pending;
}

void paces_looked(struct paces *paces, bool found)
{
	for (uint32_t i = 0; i < MENU_COUNT; i++) {
		struct pace *pace = &paces->menus[i];

		if (!pace->taken)
			continue;
		pace->taken = false;
		pace->pending = false;
		pace->rung = false;
		if (found)
			pace->vain = 0;
		else if (pace->vain < VAIN_MAX)
			pace->vain++;
	}
}

void paces_forget(struct paces *paces)
{
	for (uint32_t i = 0; i < MENU_COUNT; i++) {
		paces->menus[i].pending = false;
		paces->menus[i].rung = false;
		paces->menus[i].taken = false;
	}
}
