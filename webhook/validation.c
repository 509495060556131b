#include "webhook/validation.h"

#include <string.h>

#include "base/digest.h"
#include "state/expected.h"

#define QUESTIONS_MAX 3 /* the reference, the same read as a phone, the payer */

struct questions {
	struct expected at[QUESTIONS_MAX];
	uint32_t count;
};

static void ask(struct questions *questions, enum expected_kind kind, struct text value)
{
	questions->at[questions->count++] = (struct expected){ .kind = kind, .value = value };
}

static struct text phone_hash(struct text phone, struct arena *arena)
{
	struct digest digest = digest_of(phone);
	char *hex = ARENA_ARRAY(arena, char, 65);
	digest_hex(&digest, hex);
	return text_of(hex);
}

/* In the order of the controller's matching (product.md "Matching"). */
static struct questions questions_of(const struct notice *notice,
				     const struct expecting *expecting, struct arena *arena)
{
	struct questions questions = { 0 };
	struct text reference = text_reference(arena, text_trim(notice->reference));
	char phone[16];
	if (reference.size > 0) {
		ask(&questions, EXPECTED_REFERENCE, reference);
		if (text_phone(reference, expecting->country, phone))
			ask(&questions, EXPECTED_PHONE, phone_hash(text_of(phone), arena));
	}
	if (!expecting->by_payer)
		return questions;
	if (notice->phone.size > 0)
		ask(&questions, EXPECTED_PHONE, phone_hash(notice->phone, arena));
	else if (notice->phone_hash.size > 0)
		ask(&questions, EXPECTED_PHONE, notice->phone_hash);
	return questions;
}

/* False: it is welcome, or nobody can tell. */
static bool is_refused(enum unwelcome *why, struct store *store, const struct notice *notice,
		       int64_t now, struct arena *arena)
{
	struct expecting expecting;
	struct expected answer;
	struct error error;
	bool found;
	if (!expected_read(&expecting, store, arena, &error) || expecting.fresh_at == 0 ||
	    now - expecting.fresh_at > EXPECTED_STALE_US ||
	    expecting.fresh_at - now > EXPECTED_STALE_US)
		return false;
	struct questions questions = questions_of(notice, &expecting, arena);
	/* A till has no reference, and a masked payer could be anybody. */
	if (questions.count == 0 ||
	    !expected_find(&found, &answer, store, questions.at, questions.count, &error))
		return false;
	if (!found) {
		*why = text_trim(notice->reference).size > 0 ? REFUSED_ACCOUNT : REFUSED_PAYER;
		return true;
	}
	*why = REFUSED_AMOUNT;
	return notice->has_amount && answer.cents > 0 && notice->amount_cents < answer.cents;
}

struct reply validation_answer(const struct provider *provider, struct channels *channels,
			       struct text channel, struct text body, int64_t now,
			       struct arena *arena)
{
	struct channel_rules rules = channels_rules(channels, channel);
	struct channel shape = { .name = channel };
	struct callback callback = { .kind = TEXT("confirmation"), .body = body };
	struct reply accepted = provider->reply(TEXT("validation"));
	struct expecting expecting;
	struct error error;
	enum unwelcome why;
	if (!rules.refuses || !provider->refuse ||
	    !expected_read(&expecting, channels_store(channels), arena, &error))
		return accepted;
	/* It has the shape of the confirmation that follows it (payments facts 1.7). What cannot be
	 * read is kept when it comes as a confirmation, so it is not turned away here. */
	struct notice notice = provider->parse(&shape, expecting.country, &callback, arena);
	if (notice.kind != NOTICE_PAID)
		return accepted;
	if (rules.shortcode[0] && !text_is(notice.shortcode, "(none)") &&
	    !text_is(notice.shortcode, rules.shortcode))
		return provider->refuse(REFUSED_SHORTCODE);
	return is_refused(&why, channels_store(channels), &notice, now, arena)
		   ? provider->refuse(why)
		   : accepted;
}
