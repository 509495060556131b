#include "provider/daraja_inside.h"

#include "base/limits.h"

/*
 * Questions and orders that Daraja answers later, on a URL of their own: the status of one
 * transaction (payments facts 1.8) and its reversal (1.10). The acknowledgement proves nothing; the
 * result is read by name, for keys come twice, without a value, or alone instead of in a list.
 */

#define REMARKS "wavu"
#define PARTIES_MAX 8 /* genuine results name one or two of each kind (facts 1.8) */
#define PAYER_DIGITS 12 /* of a Kenyan number, 2547… or 2541… */

static json_t *asked_by(const struct credentials *credentials, const char *command,
			struct text result_url, struct text timeout_url)
{
	return json_pack("{s:o, s:o, s:s, s:o, s:o, s:s}", "Initiator",
			 talk_string(credentials->initiator), "SecurityCredential",
			 talk_string(text_trim(secret_reveal(credentials->security_credential))),
			 "CommandID", command, "ResultURL", talk_string(result_url),
			 "QueueTimeOutURL", talk_string(timeout_url), "Remarks",
			 REMARKS);
}

struct request daraja_verify(const struct channel *channel, const struct credentials *credentials,
			     const struct order *order, struct arena *arena)
{
	json_t *body = asked_by(credentials, "TransactionStatusQuery", order->result_url,
				order->result_url);
	/*
	 * An empty TransactionID gave an empty acknowledgement: without a receipt the key stays
	 * out, and OriginalConversationID names the order (facts 1.8).
	 */
	if (order->receipt.size > 0)
		json_object_set_new(body, "TransactionID", talk_string(order->receipt));
	else
		json_object_set_new(body, "OriginalConversationID",
				    talk_string(order->conversation));
	json_object_set_new(body, "PartyA", talk_string(channel->shortcode));
	json_object_set_new(body, "IdentifierType", json_string("4"));
	json_object_set_new(body, "Occasion", json_string(REMARKS));
	return (struct request){
		.method = "POST",
		.url = daraja_address(channel, "/mpesa/transactionstatus/v1/query", arena),
		.body = talk_written(body, arena),
		.again = true,
	};
}

struct request daraja_reverse(const struct channel *channel, const struct credentials *credentials,
			      const struct order *order, struct arena *arena)
{
	/*
	 * The codes of what came to nothing in the queue are not told, and 1 would be a refusal: it
	 * is told apart by where it comes to.
	 */
	json_t *body = asked_by(credentials, "TransactionReversal", order->result_url,
				order->timeout_url);
	invariant(order->cents > 0 && order->receipt.size > 0 && order->timeout_url.size > 0);
	json_object_set_new(body, "TransactionID", talk_string(order->receipt));
	json_object_set_new(
	    body, "Amount",
	    talk_string(order->cents % 100
			      ? text_of_cents(arena, order->cents)
			      : text_format(arena, "%lld", (long long)(order->cents / 100))));
	json_object_set_new(body, "ReceiverParty", talk_string(channel->shortcode));
	/* Misspelt by them (facts 1.10). */
	json_object_set_new(body, "RecieverIdentifierType", json_string("11"));
	return (struct request){
		.method = "POST",
		.url = daraja_address(channel, "/mpesa/reversal/v1/request", arena),
		.body = talk_written(body, arena),
	};
}

/* ---- acknowledgements ------------------------------------------------------------------------ */

/* YES: accepted, under that conversation. An acknowledgement of nothing but empty texts was seen
 * (facts 1.8): nobody knows what it means. */
static struct said accepted_read(const struct response *response, struct arena *arena)
{
	struct json json = { 0 };
	struct value root;
	struct said said = { .answer = ANSWER_NONE };
	if (!talk_open(&json, &root, &said, response, arena))
		return said;
	struct value code = value_at(root, "ResponseCode", arena);
	if (response->status != 200 || code.kind == VALUE_ABSENT) {
		said = daraja_error(response, root, arena);
	} else {
		said.code = daraja_shown(arena, talk_member(root, "ResponseCode", arena));
		said.why = talk_words(arena, talk_member(root, "ResponseDescription", arena));
		said.provider_ref = talk_id(root, "ConversationID", arena);
		if (daraja_is_success(code))
			said.answer = ANSWER_YES;
		else if (said.why.size == 0)
			said.why = TEXT("the acknowledgement says nothing");
	}
	json_close(&json);
	return said;
}

struct said daraja_verify_read(const struct channel *channel, const struct response *response,
			       const struct order *order, struct arena *arena)
{
	(void)channel;
	(void)order;
	struct said said = accepted_read(response, arena);
	/* A question that was refused says nothing about the money. */
	if (said.answer == ANSWER_NO)
		said.answer = ANSWER_NONE;
	return said;
}

struct said daraja_reverse_read(const struct response *response, struct arena *arena)
{
	return accepted_read(response, arena);
}

/* ---- results --------------------------------------------------------------------------------- */

struct result {
	struct json json;
	struct value result;
	struct value items; /* a list, or the only one */
	struct arena *arena;
};

static bool result_open(struct result *out, struct said *said, struct text body,
			struct arena *arena)
{
	struct text why;
	*out = (struct result){ .arena = arena };
	*said = (struct said){ .answer = ANSWER_NONE };
	if (!json_open(&out->json, body, arena, &why)) {
		said->is_doubtful = true;
		said->why = why;
		return false;
	}
	out->result = value_at(json_root(&out->json), "Result", arena);
	if (out->result.kind != VALUE_OBJECT) {
		said->is_doubtful = true;
		said->why = TEXT("it is not the result of a question or an order");
		json_close(&out->json);
		return false;
	}
	out->items = value_at(value_at(out->result, "ResultParameters", arena), "ResultParameter",
			      arena);
	said->provider_ref = talk_id(out->result, "ConversationID", arena);
	said->code = daraja_shown(arena, talk_member(out->result, "ResultCode", arena));
	said->why = text_format(
	    arena, "%.*s: %.*s", TEXT_ARG(said->code),
	    TEXT_ARG(talk_words(arena, talk_member(out->result, "ResultDesc", arena))));
	return true;
}

/* The index-th parameter; a single one may stand there without its list. */
static struct value item_at(const struct result *result, uint32_t index)
{
	if (result->items.kind == VALUE_OBJECT)
		return index == 0 ? result->items : (struct value){ .kind = VALUE_ABSENT };
	return value_item(result->items, index, result->arena);
}

/* The value of the one parameter of that name; *count: how many have it. */
static struct value parameter(const struct result *result, const char *name, uint32_t *count)
{
	struct value found = { .kind = VALUE_ABSENT };
	*count = 0;
	for (uint32_t i = 0; i < JSON_ITEMS_MAX; i++) {
		struct value item = item_at(result, i);
		if (item.kind == VALUE_ABSENT)
			break;
		if (!text_is(value_at(item, "Key", result->arena).text, name))
			continue;
		found = value_at(item, "Value", result->arena);
		(*count)++;
	}
	return found;
}

static struct said doubtful(struct said said, const char *why)
{
	said.answer = ANSWER_NONE;
	said.is_doubtful = true;
	said.why = text_of(why);
	return said;
}

/* Those who paid, or were paid: their numbers before the name, "600638 - Kasi Net". */
struct parties {
	struct text numbers[PARTIES_MAX];
	uint32_t count; /* PARTIES_MAX: perhaps there are more */
};

static struct parties parties_of(const struct result *result, const char *name)
{
	struct parties parties = { .count = 0 };
	for (uint32_t i = 0; i < JSON_ITEMS_MAX && parties.count < PARTIES_MAX; i++) {
		struct value item = item_at(result, i);
		struct text words, number, rest;
		if (item.kind == VALUE_ABSENT)
			break;
		if (!text_is(value_at(item, "Key", result->arena).text, name))
			continue;
		words = text_trim(value_at(item, "Value", result->arena).text);
		if (words.size == 0)
			continue;
		parties.numbers[parties.count++] =
		    text_cut(words, ' ', &number, &rest) ? number : words;
	}
	return parties;
}

/* Is our short code among them? */
static bool is_party(const struct parties *parties, const struct channel *channel)
{
	for (uint32_t i = 0; i < parties->count; i++)
		if (text_equal(parties->numbers[i], channel->shortcode) ||
		    (channel->store.size > 0 && text_equal(parties->numbers[i], channel->store)))
			return true;
	return false;
}

/* Who paid, where a phone number stands there in clear: masked ones and short codes are nobody. */
static struct text payer(const struct parties *debited)
{
	struct text found = TEXT_NONE;
	for (uint32_t i = 0; i < debited->count; i++) {
		struct text number = debited->numbers[i];
		bool clear = number.size == PAYER_DIGITS;
		for (uint32_t k = 0; clear && k < number.size; k++)
			clear = number.at[k] >= '0' && number.at[k] <= '9';
		if (clear && found.size > 0 && !text_equal(found, number))
			return TEXT_NONE;
		if (clear)
			found = number;
	}
	return found;
}

/* "Completed" alone says that the money came. A word that is final otherwise is a no; a word that
 * nobody knows is no answer. */
static struct said status_read(const struct result *result, const struct channel *channel,
			       struct said said)
{
	static const char *const finals[] = { "Reversed", "Cancelled", "Declined", "Expired",
					      "Failed" };
	struct arena *arena = result->arena;
	uint32_t statuses, amounts, receipts, times;
	struct value status = parameter(result, "TransactionStatus", &statuses);
	struct value amount = parameter(result, "Amount", &amounts);
	struct value receipt = parameter(result, "ReceiptNo", &receipts);
	struct value time = parameter(result, "FinalisedTime", &times);
	struct parties debited, credited;
	struct text why = TEXT_NONE;
	if (statuses > 1 || amounts > 1 || receipts > 1)
		return doubtful(said, "a parameter stands there twice");
	if (statuses == 0 || status.kind != VALUE_TEXT)
		return doubtful(said, "it has no TransactionStatus");
	if (!daraja_receipt(&said.receipt, receipt, "ReceiptNo", arena, &why))
		return doubtful(said, text_copy(arena, why).at);
	said.why = text_format(arena, "its status is %.*s",
			       TEXT_ARG(daraja_shown(arena, status.text)));
	for (uint32_t i = 0; i < ARRAY_COUNT(finals); i++)
		if (text_equal_nocase(status.text, text_of(finals[i]))) {
			said.answer = ANSWER_NO;
			said.is_reversed = i == 0;
			return said;
		}
	if (!text_equal_nocase(status.text, TEXT("Completed")))
		return said;
	if (amount.kind != VALUE_NUMBER && amount.kind != VALUE_TEXT)
		return doubtful(said, "it says completed without an amount");
	said.has_amount = daraja_amount(&said.amount_cents, amount.text, arena, &why);
	if (!said.has_amount)
		return doubtful(said, text_copy(arena, why).at);
	debited = parties_of(result, "DebitPartyName");
	credited = parties_of(result, "CreditPartyName");
	if (debited.count == PARTIES_MAX || credited.count == PARTIES_MAX)
		return doubtful(said, "it names too many parties");
	/* Our own payouts are completed transactions, too. */
	if (is_party(&debited, channel) && !is_party(&credited, channel))
		return doubtful(said, "it names us as the one who paid");
	/* Whoever knows a receipt may have paid it to somebody else. Without a payee there is
	 * nothing to go by: such results were recorded (payments facts 1.8). */
	if (credited.count > 0 && !is_party(&credited, channel))
		return doubtful(said, "it names somebody else as the one who was paid");
	said.payer = payer(&debited);
	said.at = daraja_time(text_trim(time.text));
	said.answer = ANSWER_YES;
	return said;
}

struct said daraja_order_result(const struct channel *channel, struct text body,
				struct arena *arena)
{
	struct result result;
	struct said said;
	if (!result_open(&result, &said, body, arena))
		return said;
	/* A question that failed says nothing about the money, whatever the code (facts 1.3: 2033
	 * and all others). */
	if (daraja_is_success(value_at(result.result, "ResultCode", arena)))
		said = status_read(&result, channel, said);
	json_close(&result.json);
	return said;
}

/* Codes after which the money is certainly where it was (facts 1.10). */
static bool is_refused(struct text code)
{
	static const char *const codes[] = { "1",    "11",   "21",   "2001",
					     "2006", "2028", "8006", "R000002" };
	for (uint32_t i = 0; i < ARRAY_COUNT(codes); i++)
		if (text_is(code, codes[i]))
			return true;
	return false;
}

struct said daraja_reverse_result(struct text body, struct arena *arena)
{
	struct result result;
	struct said said;
	struct text why = TEXT_NONE;
	uint32_t count, amounts;
	if (!result_open(&result, &said, body, arena))
		return said;
	struct value code = value_at(result.result, "ResultCode", arena);
	struct value receipt = parameter(&result, "OriginalTransactionID", &count);
	struct value amount = parameter(&result, "Amount", &amounts);
	if (daraja_is_success(code)) {
		if (count != 1 ||
		    !daraja_receipt(&said.receipt, receipt, "OriginalTransactionID", arena, &why)) {
			said = doubtful(said, "it does not say which payment was taken back");
		} else {
			said.answer = ANSWER_YES;
			said.why = TEXT("the provider took it back");
			said.has_amount = amounts == 1 && daraja_amount(&said.amount_cents,
									amount.text, arena, &why);
		}
	} else if (text_is(code.text, "R000001")) {
		if (count > 0 &&
		    !daraja_receipt(&said.receipt, receipt, "OriginalTransactionID", arena, &why))
			said.receipt = TEXT_NONE;
		said.answer = ANSWER_YES;
		said.is_reversed = true;
		said.why = TEXT("R000001: it was taken back before");
	} else if (is_refused(code.text)) {
		said.answer = ANSWER_NO;
	}
	json_close(&result.json);
	return said;
}
