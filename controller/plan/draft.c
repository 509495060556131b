#include "plan/draft.h"

#include <string.h>

#include "base/error.h"

#define ROOM_FIRST 64u

/* Doubling, so that 10,000 changes copy each once or twice. */
static void *room_for(struct arena *arena, void *old, uint32_t count, uint32_t *room, size_t size)
{
	uint32_t bigger;

	if (count < *room)
		return old;
	bigger = *room ? *room * 2 : ROOM_FIRST;
	old = arena_grow(arena, old, *room * size, bigger * size);
	*room = bigger;
	return old;
}

struct step *draft_step(struct draft *draft)
{
	draft->steps = room_for(draft->arena, draft->steps, draft->step_count, &draft->step_room,
				sizeof(*draft->steps));
	draft->steps[draft->step_count] = (struct step){ 0 };
	return &draft->steps[draft->step_count++];
}

void draft_fix(struct draft *draft, bool drop, const struct inventory_entry *entry)
{
	draft->fixes = room_for(draft->arena, draft->fixes, draft->fix_count, &draft->fix_room,
				sizeof(*draft->fixes));
	draft->fixes[draft->fix_count++] = (struct inventory_fix){ drop, *entry };
}

void draft_problem(struct draft *draft, struct text problem)
{
	draft->problems = room_for(draft->arena, draft->problems, draft->problem_count,
				   &draft->problem_room, sizeof(*draft->problems));
	draft->problems[draft->problem_count++] = problem;
}

bool texts_hold(const struct text *texts, uint32_t count, struct text text)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(texts[middle], text);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool draft_concerns(const struct draft *draft, struct text reference)
{
	return !draft->partial || texts_hold(draft->in->only, draft->in->only_count, reference);
}

struct item *draft_item(const struct draft *draft, enum menu_id menu, struct text key)
{
	uint32_t low = 0, high = draft->item_count[menu];

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(draft->items[menu][middle].key, key);
		if (order == 0)
			return &draft->items[menu][middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct person *draft_person(const struct draft *draft, struct text reference)
{
	uint32_t low = 0, high = draft->person_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = text_compare(draft->people[middle].reference, reference);
		if (order == 0)
			return &draft->people[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool words_hold(struct text words, char by, struct text word)
{
	struct text head, rest = words;
	bool more = words.size > 0;

	while (more) {
		more = text_cut(rest, by, &head, &rest);
		if (text_equal(head, word))
			return true;
	}
	return false;
}

struct text words_add(struct arena *arena, struct text words, char by, struct text word)
{
	char *joined;

	if (word.size == 0 || words_hold(words, by, word))
		return words;
	if (words.size == 0)
		return word;
	joined = arena_take(arena, (size_t)words.size + 1 + word.size);
	memcpy(joined, words.at, words.size);
	joined[words.size] = by;
	memcpy(joined + words.size + 1, word.at, word.size);
	return (struct text){ joined, words.size + 1 + word.size };
}

struct text words_without(struct arena *arena, struct text words, char by, struct text word)
{
	struct text head, rest = words, out = TEXT_NONE;
	bool more = words.size > 0;

	while (more) {
		more = text_cut(rest, by, &head, &rest);
		if (!text_equal(head, word))
			out = words_add(arena, out, by, head);
	}
	return out;
}
