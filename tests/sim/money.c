/*
 * The reference model of money and time: what product.md says, written a second time and simply. It
 * shares nothing with policies/ or state/. Nairobi is three hours east, all year.
 */
#include <string.h>

#include "model/standing.h"
#include "sim/sim.h"

#define EAST_US (3 * HOUR_US)

/* ---- the calendar ---------------------------------------------------------------------------- */

/* Days since 1970 of a civil date, and back (Howard Hinnant's well-known arithmetic). */
static int64_t days_of(int64_t year, int month, int day)
{
	int64_t era, shifted = (month + 9) % 12;
	int64_t of_era, of_year = (153 * shifted + 2) / 5 + day - 1;

	year -= month <= 2;
	era = year / 400;
	of_era = year - era * 400;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_of(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t z = days + 719468, era = z / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = yoe + era * 400 + (*month <= 2);
}

static int day_of(int64_t at)
{
	int64_t year;
	int month, day;

	civil_of((at + EAST_US) / DAY_US, &year, &month, &day);
	return day;
}

static int64_t add_months(int64_t at, int months, int anchor)
{
	int64_t local = at + EAST_US, year, of_day = local % DAY_US;
	int month, day, length;

	civil_of(local / DAY_US, &year, &month, &day);
	month += months - 1;
	year += month / 12;
	month = month % 12 + 1;
	length = (int)(month == 12 ? 31 : days_of(year, month + 1, 1) - days_of(year, month, 1));
	day = anchor < length ? anchor : length;
	return days_of(year, month, day) * DAY_US + of_day - EAST_US;
}

/* ---- what somebody has ----------------------------------------------------------------------- */

bool money_is_open(enum sub_state state)
{
	return state == SUB_ACTIVE || state == SUB_GRACE || state == SUB_THROTTLED;
}

enum sub_state money_state(int sub, int64_t now)
{
	const struct declared *declared = declared_in_force();
	const struct account *account = &sim.accounts[sub];
	const struct pack *pack = &declared->packs[declared->subs[sub].pack];
	int64_t late = now - account->until_at;

	if (account->until_at == 0 || account->from_at > now)
		return SUB_NEW;
	if (late < 0)
		return SUB_ACTIVE;
	if (!pack->dunned)
		return SUB_SHUT;
	if (late >= declared->terminate_us)
		return SUB_TERMINATED;
	if (late >= declared->suspend_us)
		return SUB_SHUT;
	return late >= declared->throttle_us ? SUB_THROTTLED : SUB_GRACE;
}

/* Credit buys whole periods at once: from the end of what runs, else from now. */
static void buy(int sub, int64_t now)
{
	const struct declared *declared = declared_in_force();
	const struct sub *who = &declared->subs[sub];
	const struct pack *pack = &declared->packs[who->pack];
	struct account *account = &sim.accounts[sub];
	enum sub_state state = money_state(sub, now);
	bool goes_on = money_is_open(state) || (state == SUB_NEW && account->until_at > now);
	int64_t from = goes_on ? account->until_at : now;

	if (account->balance_cents < pack->price_cents)
		return;
	if (from < who->start_at)
		from = who->start_at;
	if (!goes_on)
		account->from_at = from;
	else if (account->from_at == 0)
		account->from_at = from < now ? from : now;
	if (!goes_on || account->day == 0)
		account->day = pack->months > 0 ? day_of(from) : 0;
	account->until_at = from;
	while (account->balance_cents >= pack->price_cents) {
		account->balance_cents -= pack->price_cents;
		account->until_at = pack->months > 0
					? add_months(account->until_at, pack->months, account->day)
					: account->until_at + pack->span_us;
	}
	check(account->until_at < now + 9 * 365 * DAY_US, "the simulation pays too much");
	trace("model: %s has time until %+lld s", who->account,
	      (long long)((account->until_at - sim.now) / SECOND_US));
}

void money_credit(int sub, int64_t cents, int64_t now)
{
	sim.accounts[sub].balance_cents += cents;
	buy(sub, now);
}

void money_commit(int64_t now)
{
	const struct declared *declared = declared_in_force();

	for (int i = 0; i < SUBS; i++) {
		const struct sub *who = &declared->subs[i];
		struct account *account = &sim.accounts[i];

		if (!who->declared || !who->opening || account->opened)
			continue;
		account->opened = true;
		account->balance_cents += who->opening_cents;
		if (who->opening_until_at > account->until_at)
			account->until_at = who->opening_until_at;
		buy(i, now);
	}
}

void money_renew(int64_t now, bool only_stored)
{
	const struct declared *declared = declared_in_force();

	for (int i = 0; declared != NULL && i < SUBS; i++) {
		struct account before = sim.accounts[i];
		struct standing standing;

		if (!declared->subs[i].declared || money_state(i, now) == SUB_TERMINATED)
			continue;
		buy(i, now);
		/* Killed in the middle: some have bought and some have not; which is the store's
		 * to say, what they bought is not. */
		if (only_stored && before.balance_cents != sim.accounts[i].balance_cents) {
			life_standing(&standing, i);
			if (standing.balance_cents == before.balance_cents)
				sim.accounts[i] = before;
		}
	}
}

/* ---- what a callback means ------------------------------------------------------------------- */

/* Whom a payment is for by the commit in force; -1: nobody. A terminated one is nobody. */
static int owner_of(const struct bill *bill, int64_t now)
{
	const struct declared *declared = declared_in_force();

	if (bill->sub < 0 || !declared->subs[bill->sub].declared ||
	    money_state(bill->sub, now) == SUB_TERMINATED)
		return -1;
	return bill->sub;
}

static void other_amount(struct bill *bill, int64_t amount)
{
	for (uint32_t i = 0; i < bill->other_count; i++)
		if (bill->others[i] == amount)
			return;
	check(bill->other_count < ARRAY_COUNT(bill->others), "too many amounts of one receipt");
	bill->others[bill->other_count++] = amount;
	sim.held_count++;
}

static void settle(struct bill *bill, int64_t now)
{
	bill->owner = owner_of(bill, now);
	bill->state = bill->owner < 0 ? BILL_UNMATCHED : BILL_CREDITED;
	if (bill->owner < 0)
		sim.unmatched_count++;
	else
		money_credit(bill->owner, bill->first_cents, now);
}

void money_line(const struct spoken *said, int64_t now)
{
	struct bill *bill = &sim.bills[said->bill];
	bool has_amount = said->kind != LINE_BAD_AMOUNT;
	bool against = !has_amount || said->kind == LINE_BAD_CODE;

	if (said->kind == LINE_NOTHING)
		return;
	if (said->kind == LINE_SHAPELESS) {
		/* The same unreadable body again is the same held line, counted. */
		sim.held_count += bill->shapeless ? 0 : 1;
		bill->shapeless = true;
	} else if (bill->state == BILL_UNKNOWN) {
		bill->has_amount = has_amount;
		bill->first_cents = said->cents;
		bill->owner = -1;
		if (!against) {
			settle(bill, now);
		} else {
			bill->state = BILL_HELD;
			sim.held_count++;
		}
	} else if (bill->has_amount != has_amount ||
		   (has_amount && bill->first_cents != said->cents)) {
		other_amount(bill, has_amount ? said->cents : -1);
	} else if (bill->state == BILL_HELD && !against) {
		/* The same money, now heard in a way that counts. */
		sim.held_count--;
		settle(bill, now);
	}
}

void money_assigned(int index, int sub, int64_t now)
{
	struct bill *bill = &sim.bills[index];

	check(bill->state == BILL_UNMATCHED, "%s was assigned, and was not unmatched",
	      bill->receipt);
	sim.unmatched_count--;
	bill->state = BILL_CREDITED;
	bill->owner = sub;
	money_credit(sub, bill->first_cents, now);
}
