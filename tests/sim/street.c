/* The street: people who pay, a provider that delivers as providers do, and the desk where a person
 * looks after what fits nobody. The webhook program is here its store alone. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "sim/sim.h"
#include "state/inbox.h"
#include "state/ledger.h"

#define GROUP_MAX 4
#define BODY_SIZE 600

/* ---- what is sent ---------------------------------------------------------------------------- */

static struct text body_of(const struct spoken *said, struct arena *arena)
{
	const struct bill *bill = &sim.bills[said->bill];
	const char *code = said->kind == LINE_BAD_CODE ? "600639" : SHORTCODE;
	char amount[32];

	(void)snprintf(amount, sizeof(amount), "%lld.%02lld", (long long)(said->cents / 100),
		       (long long)(said->cents % 100));
	if (said->kind == LINE_BAD_AMOUNT)
		(void)snprintf(amount, sizeof(amount), said->bill % 2 ? "1e3" : "10.005");
	if (said->kind == LINE_SHAPELESS)
		return text_format(arena, said->bill % 2 ? "{\"TransID\": \"%s\"" : "%s=1",
				   bill->receipt);
	if (said->kind == LINE_NOTHING)
		return text_format(arena, "{\"Result\":{\"ResultCode\":0,\"Note\":\"%s\"}}",
				   bill->receipt);
	return text_format(
	    arena,
	    "{\"TransactionType\":\"Pay Bill\",\"TransID\":\"%s\",\"TransTime\":\"20261121101530\","
	    "\"TransAmount\":\"%s\",\"BusinessShortCode\":\"%s\",\"BillRefNumber\":\"%s\","
	    "\"InvoiceNumber\":\"\",\"OrgAccountBalance\":\"49197.00\",\"ThirdPartyTransID\":\"\","
	    "\"MSISDN\":\"%s\",\"FirstName\":\"JANE\",\"MiddleName\":\"\",\"LastName\":\"DOE\"}",
	    bill->receipt, amount, code, bill->reference, bill->phone);
}

static void schedule(int64_t after_us, struct spoken said)
{
	if (sim.delivery_count == DELIVERIES_MAX)
		return;
	sim.deliveries[sim.delivery_count++] = (struct delivery){ sim.now + after_us, said };
}

/* The account as people type it. */
static void spell(char *out, size_t size, const char *account)
{
	size_t used = 0;

	for (const char *at = account; *at != '\0' && used + 2 < size; at++) {
		if (*at == '-' && luck_one_in(2))
			continue;
		if (luck_one_in(8))
			out[used++] = ' ';
		out[used++] = luck_one_in(4) && *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at;
	}
	out[used] = '\0';
}

static void address_bill(struct bill *bill, const struct sub *who)
{
	static const char stranger[] = "254733999000";

	(void)snprintf(bill->phone, sizeof(bill->phone), "%s", stranger);
	switch (luck_below(6)) {
	case 0:
		if (who->alias[0] != '\0') {
			spell(bill->reference, sizeof(bill->reference), who->alias);
			break;
		}
		/* fall through */
	case 1:
		(void)snprintf(bill->reference, sizeof(bill->reference), "%s", who->phone);
		break;
	case 2: /* nothing that fits, but his own phone pays */
		(void)snprintf(bill->reference, sizeof(bill->reference), "rent");
		(void)snprintf(bill->phone, sizeof(bill->phone), "254%s", who->phone + 1);
		break;
	default:
		spell(bill->reference, sizeof(bill->reference), who->account);
	}
}

static int new_bill(int sub, int64_t cents)
{
	static const char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	struct bill *bill = &sim.bills[sim.bill_count];
	unsigned number = (unsigned)sim.bill_count;

	invariant(sim.bill_count < BILLS_MAX);
	*bill = (struct bill){ .sub = sub, .cents = cents, .owner = -1 };
	(void)snprintf(bill->receipt, sizeof(bill->receipt), "SIM%05u%c%c", number,
		       alphabet[luck_below(32)], alphabet[luck_below(32)]);
	if (sub < 0) {
		(void)snprintf(bill->reference, sizeof(bill->reference), "NOBODY%u", number);
		(void)snprintf(bill->phone, sizeof(bill->phone), "254733999000");
		fault_count(FAULT_UNKNOWN_ACCOUNT);
	} else {
		address_bill(bill, &sim.versions[sim.newest].declared->subs[sub]);
	}
	sim.payments++;
	return sim.bill_count++;
}

/* The same receipt again, in a way that is wrong. */
static void pay_wrongly(struct spoken said)
{
	said.cents += 100;
	said.kind = LINE_OTHER_AMOUNT;
	schedule(luck_between(0, HOUR_US), said);
	fault_count(FAULT_OTHER_AMOUNT);
}

static void send(int bill)
{
	struct spoken said = { LINE_GOOD, bill, sim.bills[bill].cents };
	int64_t after = luck_between(SECOND_US / 10, 3 * SECOND_US);

	switch (sim.quiet ? 99 : luck_below(24)) {
	case 0: /* it never comes: then nothing is owed */
		fault_count(FAULT_PAID_LOST);
		return;
	case 1:
		schedule(luck_between(0, 2 * HOUR_US), said);
		fault_count(FAULT_PAID_TWICE);
		break;
	case 2:
		after = luck_between(HOUR_US, 8 * HOUR_US);
		fault_count(FAULT_PAID_LATE);
		break;
	case 3:
		pay_wrongly(said);
		break;
	case 4:
		said.kind = LINE_BAD_AMOUNT;
		fault_count(FAULT_BAD_AMOUNT);
		break;
	case 5: /* wrong at first, right later: then it is released */
		if (luck_one_in(2))
			schedule(luck_between(MINUTE_US, HOUR_US), said);
		said.kind = LINE_BAD_CODE;
		fault_count(FAULT_WRONG_CODE);
		break;
	case 6:
		schedule(luck_between(0, HOUR_US), (struct spoken){ LINE_SHAPELESS, bill, 0 });
		fault_count(FAULT_FORGED);
		break;
	case 7:
		schedule(luck_between(0, HOUR_US), (struct spoken){ LINE_NOTHING, bill, 0 });
		break;
	default:
		break;
	}
	schedule(after, said);
}

void street_pay_for(int sub, int64_t cents)
{
	send(new_bill(sub, cents));
}

void street_pay(void)
{
	const struct declared *declared = sim.versions[sim.newest].declared;
	int sub = luck_one_in(14) ? -1 : (int)luck_below(SUBS);
	int64_t cents = luck_between(1, 80) * 1000;

	if (sub >= 0 && !luck_one_in(4)) {
		/* Most pay what it costs; more is rare, so that time runs out for everybody. */
		cents = declared->packs[declared->subs[sub].pack].price_cents;
		if (sim.accounts[sub].until_at > wall() + 2 * DAY_US)
			return;
	}
	street_pay_for(sub, cents);
}

/* ---- what arrives ---------------------------------------------------------------------------- */

int64_t street_next_at(void)
{
	int64_t next = INT64_MAX;

	for (uint32_t i = 0; i < sim.delivery_count; i++)
		if (sim.deliveries[i].at < next)
			next = sim.deliveries[i].at;
	return next;
}

struct append {
	struct spoken said[GROUP_MAX];
	uint32_t count;
};

static void append_work(void *context)
{
	struct append *append = context;
	struct inbox_line lines[GROUP_MAX];
	struct arena arena = { 0 };
	struct error error = { 0 };

	arena_open(&arena, 1u << 20);
	for (uint32_t i = 0; i < append->count; i++)
		lines[i] = (struct inbox_line){ .channel = TEXT("main"),
						.provider = TEXT("daraja"),
						.kind = TEXT("confirmation"),
						.received_at = wall(),
						.source = TEXT("196.201.214.200"),
						.body = body_of(&append->said[i], &arena) };
	check(inbox_append(sim.street, lines, append->count, &error), "the inbox: %s", error.text);
	for (uint32_t i = 0; i < append->count; i++)
		sim.lines[sim.line_count++] = append->said[i];
	check(lines[append->count - 1].id == sim.line_count, "the inbox has other ids");
	arena_close(&arena);
}

/* Killed while it kept them: without an answer the provider sends all of them again. */
static void send_again(const struct append *append)
{
	for (uint32_t i = 0; i < append->count; i++) {
		schedule(luck_between(SECOND_US, MINUTE_US), append->said[i]);
		if (append->said[i].kind == LINE_GOOD)
			fault_count(FAULT_PAID_TWICE);
	}
}

static struct append in_hand;
static bool in_flight;

void street_deliver(void)
{
	static int newest;

	in_hand.count = 0;
	for (uint32_t i = 0; i < sim.delivery_count && in_hand.count < GROUP_MAX;) {
		if (sim.deliveries[i].at > sim.now) {
			i++;
			continue;
		}
		in_hand.said[in_hand.count++] = sim.deliveries[i].said;
		sim.deliveries[i] = sim.deliveries[--sim.delivery_count];
	}
	if (in_hand.count == 0)
		return;
	/* Somebody paid later, and was heard before. */
	for (uint32_t i = 0; i < in_hand.count; i++) {
		if (in_hand.said[i].kind == LINE_GOOD && in_hand.said[i].bill < newest)
			fault_count(FAULT_PAID_REORDERED);
		if (in_hand.said[i].bill > newest)
			newest = in_hand.said[i].bill;
	}
	invariant(sim.line_count + GROUP_MAX < LINES_MAX);
	trace("street: %u callback%s", in_hand.count, in_hand.count > 1 ? "s" : "");
	in_flight = true;
	if (life_call(append_work, &in_hand))
		in_flight = false;
	sim.tick_at = sim.now + (luck_one_in(6) ? SECOND_US : 0); /* the bell, or a lost one */
}

void street_reread(void)
{
	struct inbox_line *lines;
	struct arena arena = { 0 };
	struct error error = { 0 };
	uint32_t count;

	arena_open(&arena, 64u << 20);
	check(inbox_read(&lines, &count, sim.street, sim.line_count, GROUP_MAX, &arena, &error),
	      "the inbox: %s", error.text);
	check(count == 0 || count == in_hand.count, "the inbox kept half of a group");
	for (uint32_t i = 0; i < count; i++)
		sim.lines[sim.line_count++] = in_hand.said[i];
	arena_close(&arena);
	if (in_flight)
		send_again(&in_hand);
	in_flight = false;
}

void street_flush(void)
{
	for (uint32_t i = 0; i < sim.delivery_count; i++)
		if (sim.deliveries[i].at > sim.now)
			sim.deliveries[i].at = sim.now;
	while (sim.delivery_count > 0)
		street_deliver();
}

/* ---- the desk -------------------------------------------------------------------------------- */

struct errand {
	const char *command;
	struct text arguments[3];
	struct control_answer answer;
	struct arena arena;
};

static void errand_work(void *context)
{
	struct errand *errand = context;
	struct control_request request = { .command = text_of(errand->command),
					   .actor = TEXT("desk"),
					   .arguments = errand->arguments,
					   .argument_count = 3 };
	struct error error = { 0 };

	check(control_do(&errand->answer, sim.engine, &request, &errand->arena, &error), "%s: %s",
	      errand->command, error.text);
}

static void assign(int bill, int sub)
{
	struct errand errand = { .command = "assign" };
	int64_t now = wall();
	struct payment payment;
	struct error error = { 0 };
	bool found, done;

	arena_open(&errand.arena, 64u << 20);
	errand.arguments[0] = text_of(sim.bills[bill].receipt);
	errand.arguments[1] = text_of(declared_in_force()->subs[sub].account);
	done = life_call(errand_work, &errand);
	if (!done) { /* was it booked before it died? */
		check(ledger_payment(&found, &payment, sim.reader, errand.arguments[0],
				     &errand.arena, &error) &&
			  found,
		      "%s is lost", sim.bills[bill].receipt);
		done = payment.status == PAYMENT_CREDITED;
	} else {
		check(errand.answer.exit_code == 0, "assign: %.*s",
		      TEXT_ARG(errand.answer.message));
	}
	if (done) {
		money_assigned(bill, sub, now);
		fault_count(FAULT_ASSIGNED);
	}
	arena_close(&errand.arena);
}

static void record(int sub)
{
	struct errand errand = { .command = "record" };
	uint32_t armed = sim.crash_hits;
	int64_t now = wall();

	arena_open(&errand.arena, 64u << 20);
	errand.arguments[0] = text_of(declared_in_force()->subs[sub].account);
	errand.arguments[1] = TEXT("30");
	errand.arguments[2] = TEXT("paid at the desk");
	sim.crash_hits = 0; /* a cash payment has no receipt by which to find out */
	check(life_call(errand_work, &errand) && errand.answer.exit_code == 0, "record: %.*s",
	      TEXT_ARG(errand.answer.message));
	sim.crash_hits = armed;
	sim.cash_count++;
	money_credit(sub, 3000, now);
	arena_close(&errand.arena);
}

void street_desk(void)
{
	int sub = (int)luck_below(SUBS);

	if (!sim.running || sim.in_force < 0 || !declared_in_force()->subs[sub].declared)
		return;
	if (luck_one_in(5)) {
		record(sub);
		return;
	}
	for (int i = sim.bill_count - 1; i >= 0; i--)
		if (sim.bills[i].state == BILL_UNMATCHED) {
			assign(i, sub);
			return;
		}
}
