#include "money/booking_inside.h"
#include "money/channel_key.h"
#include "provider/provider.h"

/*
 * A thousand million: no provider carries as much at once (M-PESA 250,000: payments facts 1.2). Who
 * has the URL could else say so much, so often, that no sum holds it, and nothing is booked any
 * more.
 */
#define AMOUNT_CENTS_MAX INT64_C(100000000000)

struct text booking_against(const struct intent *intent, const struct channel *channel,
			   const struct notice *notice, struct text source, enum proof proof,
			   bool *unverified, struct arena *arena)
{
	if (notice->kind == NOTICE_UNREADABLE || !notice->has_amount)
		return notice->why.size > 0 ? notice->why : TEXT("the amount cannot be read");
	if (notice->receipt.size == 0)
		return TEXT("it has no readable receipt");
	if (notice->shortcode.size > 0 && !text_equal(notice->shortcode, channel->shortcode))
		return text_format(arena, "short code %.*s is not %.*s of channel %.*s",
				   TEXT_ARG(notice->shortcode), TEXT_ARG(channel->shortcode),
				   TEXT_ARG(channel->name));
	if (notice->currency.size > 0 && !text_equal(notice->currency, intent->tenant.currency))
		return text_format(arena, "the currency is %.*s, not %.*s",
				   TEXT_ARG(text_head(notice->currency, 16)),
				   TEXT_ARG(intent->tenant.currency));
	if (notice->amount_cents > AMOUNT_CENTS_MAX)
		return text_format(arena, "%.*s is more than any payment brings",
				   TEXT_ARG(text_of_cents(arena, notice->amount_cents)));
	if (!provider_source_allowed(channel, source))
		return text_format(arena, "source %.*s is not among the channel's `sources`",
				   TEXT_ARG(source));
	*unverified = channel->trust == TRUST_VERIFIED || proof == PROOF_HINT;
	if (*unverified)
		return TEXT("the provider was not asked yet whether it is true");
	return TEXT_NONE;
}

/*
 * What is kept beside a payment, and read again for many of them at once, is bounded here; the raw
 * line stays whole in the inbox.
 */
void booking_cut_words(struct notice *notice)
{
	notice->why = text_head(notice->why, HEARD_SIZE_MAX);
	notice->reference = text_head(notice->reference, HEARD_SIZE_MAX);
	notice->shortcode = text_head(notice->shortcode, HEARD_SIZE_MAX);
	notice->payer = text_head(notice->payer, HEARD_SIZE_MAX);
}

/* Why the callback does not prove anything, or empty. */
static struct text refusal(const struct channel *channel, enum proof proof, struct text flaw,
			   struct arena *arena)
{
	if (proof != PROOF_REJECTED)
		return TEXT_NONE;
	if (flaw.size > 0)
		return flaw;
	return text_format(arena,
			   "callbacks on channel %.*s without a signature that fits: a forgery, or "
			   "the channel's key is not the provider's",
			   TEXT_ARG(channel->name));
}

struct heard booking_listen(struct seat *seat, const struct intent *intent,
			   const struct inbox_line *line, struct arena *arena)
{
	struct heard heard = { .channel = intent_channel(intent, line->channel) };
	const struct provider *provider = provider_find(line->provider);
	struct callback callback = { .kind = line->kind,
				     .headers = line->headers,
				     .source = line->source,
				     .body = line->body,
				     .received_at = line->received_at };
	struct text flaw = TEXT_NONE;
	enum proof proof;

	if (heard.channel == NULL || provider == NULL ||
	    !text_equal(heard.channel->provider, line->provider)) {
		heard.notice.kind = NOTICE_UNREADABLE;
		heard.why = text_format(arena, "channel %.*s is no longer declared",
					TEXT_ARG(line->channel));
		return heard;
	}
	if (!channel_key_read(&callback.key, seat->settings->secrets, heard.channel, arena, &flaw))
		callback.key.readable = false;
	proof = provider->authenticate(heard.channel, &callback);
	heard.notice = provider->parse(heard.channel, intent->tenant.country, &callback, arena);
	booking_cut_words(&heard.notice);
	heard.why = refusal(heard.channel, proof, flaw, arena);
	heard.refused = heard.why.size > 0;
	if (heard.refused)
		return heard;
	if (heard.notice.kind != NOTICE_NOTHING)
		heard.why = booking_against(intent, heard.channel, &heard.notice, line->source,
					    proof, &heard.unverified, arena);
	heard.asks = heard.unverified && provider->check != NULL;
	heard.unproven = heard.channel->trust == TRUST_VERIFIED || proof == PROOF_HINT ||
			 !provider_source_allowed(heard.channel, line->source);
	return heard;
}

bool booking_is_refused(struct seat *seat, const struct intent *intent,
			const struct inbox_line *line, struct arena *arena)
{
	return booking_listen(seat, intent, line, arena).refused;
}

struct text booking_refusal(struct seat *seat, const struct intent *intent,
			    const struct inbox_line *line, struct arena *arena)
{
	struct heard heard = booking_listen(seat, intent, line, arena);

	return heard.refused ? heard.why : TEXT_NONE;
}
