#include "policies/matching.h"

#include "base/arena.h"

struct seeker {
	const struct intent *intent;
	struct arena *arena;
	bool (*is_terminated)(void *context, const struct subscriber *subscriber);
	void *context;
};

static bool counts(const struct seeker *seeker, const struct subscriber *subscriber)
{
	return !seeker->is_terminated || !seeker->is_terminated(seeker->context, subscriber);
}

/* `hits` found by an index, `first` of them; a terminated one is no hit, so others with the same
 * phone must be counted. */
static uint32_t hits_phone(const struct seeker *seeker, uint32_t hits, struct text phone,
			   const struct subscriber **first)
{
	uint32_t i, found = 0;

	if (hits == 0)
		return 0;
	if (hits == 1)
		return counts(seeker, *first) ? 1 : 0;
	for (i = 0; i < seeker->intent->subscriber_count && found < 2; i++) {
		const struct subscriber *subscriber = &seeker->intent->subscribers[i];
		if (!text_equal(subscriber->phone, phone) || !counts(seeker, subscriber))
			continue;
		if (found++ == 0)
			*first = subscriber;
	}
	return found;
}

static struct match decided(const struct subscriber *subscriber, uint32_t hits, const char *by,
			    const struct seeker *seeker, const char *what)
{
	struct match match = { 0 };

	match.by = text_of(by);
	if (hits == 1)
		match.subscriber = subscriber;
	else
		match.why = text_format(seeker->arena, "%s belongs to more than one subscriber",
					what);
	return match;
}

static bool match_reference(struct match *out, const struct seeker *seeker, struct text typed)
{
	struct text reference = text_reference(seeker->arena, text_trim(typed));
	const struct subscriber *first;
	uint32_t hits;
	char phone[16];

	if (reference.size == 0)
		return false;
	first = intent_subscriber(seeker->intent, reference);
	if (first && counts(seeker, first)) {
		*out = decided(first, 1, "account", seeker, "");
		return true;
	}
	first = NULL;
	hits = intent_by_alias(seeker->intent, reference, &first);
	if (hits == 1 && !counts(seeker, first))
		hits = 0;
	if (hits > 0) {
		*out = decided(first, hits, "alias", seeker, "the reference");
		return true;
	}
	if (!text_phone(reference, seeker->intent->tenant.country, phone))
		return false;
	first = NULL;
	hits = intent_by_phone(seeker->intent, text_of(phone), &first);
	hits = hits_phone(seeker, hits, text_of(phone), &first);
	if (hits > 0) {
		*out = decided(first, hits, "phone in the reference", seeker,
			       "the phone in the reference");
		return true;
	}
	return false;
}

static bool match_payer(struct match *out, const struct seeker *seeker, const struct notice *notice)
{
	const struct subscriber *first = NULL;
	uint32_t hits = 0;

	if (notice->phone.size != 0)
		hits = intent_by_phone(seeker->intent, notice->phone, &first);
	else if (notice->phone_hash.size != 0)
		hits = intent_by_phone_hash(seeker->intent, notice->phone_hash, &first);
	/* Whoever shares the hash shares the phone: the first hit's phone is the one to count. */
	if (hits > 0)
		hits = hits_phone(seeker, hits, first->phone, &first);
	if (hits == 0)
		return false;
	*out = decided(first, hits, "payer", seeker, "the payer's phone");
	return true;
}

/* The account that the reference names, though it is no longer served. */
static const struct subscriber *named_by(const struct seeker *seeker, struct text typed)
{
	struct text reference = text_reference(seeker->arena, typed);
	const struct subscriber *named = intent_subscriber(seeker->intent, reference);

	if (!named && intent_by_alias(seeker->intent, reference, &named) != 1)
		return NULL;
	return named;
}

struct match match_notice(const struct intent *intent, const struct notice *notice,
			  struct arena *arena,
			  bool (*is_terminated)(void *context, const struct subscriber *subscriber),
			  void *context)
{
	const struct seeker seeker = { intent, arena, is_terminated, context };
	struct text reference = text_trim(notice->reference);
	const struct subscriber *named = NULL;
	struct match match = { 0 };

	if (match_reference(&match, &seeker, reference))
		return match;
	if (intent->tenant.match_payer && match_payer(&match, &seeker, notice))
		return match;
	if (reference.size != 0)
		named = named_by(&seeker, reference);
	if (named)
		match.why = text_format(arena, "account %.*s is terminated",
					TEXT_ARG(named->account));
	else if (reference.size == 0)
		match.why = text_format(arena, "no reference was given, and %s",
					intent->tenant.match_payer ? "the payer's phone is nobody's"
								   : "match_payer is off");
	else
		match.why = text_format(
		    arena, "reference '%.*s' is no account, alias or phone we know%s",
		    TEXT_ARG(text_head(reference, 64)),
		    intent->tenant.match_payer ? ", nor is the payer's phone" : "");
	return match;
}
