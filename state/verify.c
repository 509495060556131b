#include "state/store.h"

#include "base/text.h"
#include "state/blueprint.h"
#include "state/inbox.h"

#define PROBLEMS_PER_CHECK \
	200 /* sentences of one kind; a broken store has thousands, and one is enough */

/* Each query gives one sentence per broken rule, and nothing when all is well. */
static const char *const tenant_checks[] = {
	"SELECT 'the entries of all accounts sum to ' || total || ' cents, not to 0'"
	" FROM (SELECT coalesce(sum(cents), 0) AS total FROM entry) WHERE total <> 0",

	"SELECT 'the balances of all accounts sum to ' || total || ' cents, not to 0'"
	" FROM (SELECT coalesce(sum(cents), 0) AS total FROM balance) WHERE total <> 0",

	"SELECT 'account ' || a.account || ': the balance says ' || coalesce(b.cents, 0) ||"
	" ' cents, its entries ' || coalesce(e.cents, 0)"
	" FROM (SELECT account FROM balance UNION SELECT account FROM entry) a"
	" LEFT JOIN balance b ON b.account = a.account"
	" LEFT JOIN (SELECT account, sum(cents) AS cents FROM entry GROUP BY account) e ON"
	" e.account = a.account"
	" WHERE coalesce(b.cents, 0) <> coalesce(e.cents, 0)",

	"SELECT 'an unmatched bucket of ' || cents || ' cents' FROM balance"
	" WHERE account = 'unmatched' AND cents < 0",

	"SELECT 'receipt ' || receipt || ' is not stored under its key but under ' || receipt_key"
	" FROM payment WHERE receipt_key <> upper(trim(receipt, char(32, 9, 10, 11, 12, 13)))"
	" AND (receipt_key <> upper(receipt) || ' (SAID ' || id || ')'"
	"  OR NOT EXISTS (SELECT 1 FROM word w WHERE w.payment = payment.id))",

	"SELECT 'receipt ' || p.receipt || ' was taken from a word that nothing settled'"
	" FROM payment p JOIN word w ON w.payment = p.id WHERE p.receipt_key <> w.receipt_key"
	" AND p.receipt_made = 0 AND p.receipt_key LIKE '% (SAID %)'"
	" AND NOT EXISTS (SELECT 1 FROM settled s WHERE s.payment = p.id)",

	"SELECT 'receipt ' || max(receipt) || ' is stored ' || count(*) || ' times' FROM payment"
	" GROUP BY receipt_key HAVING count(*) > 1",

	"SELECT 'payment ' || p.receipt || ' has no status' FROM payment p"
	" WHERE NOT EXISTS (SELECT 1 FROM payment_status s WHERE s.payment = p.id)",

	"SELECT 'payment ' || p.receipt || ': the status in force is not its newest'"
	" FROM payment p JOIN payment_status s"
	" ON s.id = (SELECT max(id) FROM payment_status WHERE payment = p.id)"
	" LEFT JOIN payment_now n ON n.payment = p.id"
	" WHERE n.status_id IS NOT s.id OR n.status IS NOT s.status OR n.subscriber IS NOT"
	" s.subscriber",

	"WITH moved AS (SELECT payment, sum(kind <> 'assigned') AS comings,"
	" max(iif(kind <> 'assigned', cents, NULL)) AS came,"
	" max(iif(kind <> 'assigned', source, NULL)) AS came_from,"
	" sum(kind <> 'parked') AS credits, max(iif(kind <> 'parked', cents, NULL)) AS credited,"
	" max(iif(kind <> 'parked', target, NULL)) AS credited_to"
	" FROM movement WHERE payment IS NOT NULL GROUP BY payment)"
	" SELECT 'payment ' || p.receipt || ' is ' || n.status || ', but its money is not where"
	" that says' FROM payment p JOIN payment_now n ON n.payment = p.id"
	" LEFT JOIN moved m ON m.payment = p.id"
	" WHERE NOT CASE"
	" WHEN n.status = 'held' OR p.cents IS 0 THEN m.payment IS NULL"
	" WHEN n.status = 'reversed' AND m.payment IS NULL THEN NOT EXISTS (SELECT 1 FROM"
	"  payment_status s WHERE s.payment = p.id AND s.status IN ('credited', 'unmatched'))"
	" WHEN p.cents IS NULL OR m.payment IS NULL THEN 0"
	" WHEN m.comings <> 1 OR m.came <> p.cents OR m.came_from <> 'in:' || p.channel THEN 0"
	" WHEN n.status = 'unmatched' THEN m.credits = 0"
	" WHEN n.status = 'credited' THEN m.credits = 1 AND m.credited = p.cents"
	"  AND m.credited_to = 'credit:' || n.subscriber"
	" ELSE 1 END",

	"SELECT 'movement ' || m.id || ' of payment ' || p.receipt || ', which is ' || n.status ||"
	" ', is undone by ' || coalesce(c.cents, 0) || ' of ' || m.cents || ' cents'"
	" FROM movement m JOIN payment p ON p.id = m.payment JOIN payment_now n ON n.payment = p.id"
	" LEFT JOIN (SELECT movement, sum(cents) AS cents FROM compensation GROUP BY movement) c"
	" ON c.movement = m.id"
	" WHERE coalesce(c.cents, 0) <> iif(n.status = 'reversed', m.cents, 0)",

	"SELECT 'movement ' || m.id || ' is undone by ' || sum(c.cents) || ' of ' || m.cents ||"
	" ' cents' FROM compensation c JOIN movement m ON m.id = c.movement"
	" GROUP BY m.id HAVING sum(c.cents) > m.cents",

	"SELECT 'compensation ' || c.id || ' took no period back from purchase ' || u.id"
	" FROM compensation c JOIN purchase u ON u.movement = c.movement"
	" WHERE NOT EXISTS (SELECT 1 FROM shortened s WHERE s.compensation = c.id"
	" AND s.purchase = u.id)",

	"SELECT 'purchase ' || u.id || ' of ' || u.subscriber || ' has ' || u.cents ||"
	" ' cents left for ' || u.periods || ' periods' FROM purchase_now u"
	" WHERE u.periods < 0 OR u.cents < 0 OR (u.periods = 0) <> (u.cents = 0)",

	"SELECT 'compensation ' || c.id || ' belongs to payment ' || p.receipt || ', which was"
	" not reversed' FROM compensation c JOIN payment p ON p.id = c.payment"
	" JOIN payment_now n ON n.payment = p.id WHERE n.status <> 'reversed'",

	"SELECT 'payment ' || p.receipt || ' was taken back, and is ' || n.status"
	" FROM question q JOIN payment p ON p.id = q.payment JOIN payment_now n ON n.payment = p.id"
	" WHERE q.kind = 'reverse' AND q.status = 'yes' AND n.status <> 'reversed'",

	"SELECT 'movement ' || m.id || ' bought something that is not in the list of purchases'"
	" FROM movement m WHERE m.kind = 'bought'"
	" AND NOT EXISTS (SELECT 1 FROM purchase WHERE movement = m.id)",

	"SELECT 'movement ' || m.id || ' opened an account that has no opening'"
	" FROM movement m WHERE m.kind = 'opened'"
	" AND NOT EXISTS (SELECT 1 FROM opening WHERE movement = m.id)",

	"SELECT 'purchase ' || u.id || ' of ' || u.subscriber || ' was not paid by that account'"
	" FROM purchase u LEFT JOIN movement m ON m.id = u.movement"
	" WHERE m.kind IS NOT 'bought' OR m.source IS NOT 'credit:' || u.subscriber",

	"SELECT 'opening of ' || o.subscriber || ' moved the money of somebody else'"
	" FROM opening o JOIN movement m ON m.id = o.movement"
	" WHERE m.kind <> 'opened' OR 'credit:' || o.subscriber NOT IN (m.source, m.target)",

	"SELECT 'the clock row says that money was booked last at ' || c.booked_at || ', the"
	" ledger says ' || l.at"
	" FROM clock c, (SELECT max(at) AS at FROM (SELECT max(at) AS at FROM payment_status"
	" UNION ALL SELECT max(at) FROM purchase UNION ALL SELECT max(at) FROM opening)) l"
	" WHERE l.at IS NOT NULL AND c.booked_at <> l.at",

	"SELECT 'a payment came from inbox line ' || max(p.inbox_id) || ', beyond the cursor at"
	" ' || c.inbox_id"
	" FROM payment p, cursor c GROUP BY c.inbox_id HAVING max(p.inbox_id) > c.inbox_id",

	"SELECT 'receipt ' || m.receipt || ' is stored twice: as a payment and as the receipt of"
	" another' FROM merged m JOIN payment p ON p.receipt_key = m.receipt_key",

	"SELECT 'attempt a-' || a.id || ' asked for ' || a.cents || ' cents, its payment ' ||"
	" p.receipt || ' has ' || coalesce(p.cents, 'none') FROM attempt a JOIN payment p"
	" ON p.id = a.payment WHERE p.cents IS NOT a.cents",

	"SELECT 'payment ' || max(p.receipt) || ' pays ' || count(*) || ' attempts'"
	" FROM attempt a JOIN payment p ON p.id = a.payment GROUP BY a.payment HAVING count(*) > 1",

	"SELECT 'payment ' || p.receipt || ': the end in force is not the newest that was seen'"
	" FROM payment p JOIN access a ON a.id = (SELECT max(id) FROM access WHERE payment = p.id)"
	" LEFT JOIN access_now n ON n.payment = p.id WHERE n.access IS NOT a.id"
	" OR n.state IS NOT a.state OR n.router IS NOT a.router OR n.subscriber IS NOT a.subscriber"
	" OR n.blocked IS NOT (a.why <> '')",

	"SELECT 'payment ' || p.receipt || ' was credited, and nothing says what became of it'"
	" FROM payment_now n JOIN payment p ON p.id = n.payment WHERE n.status = 'credited'"
	" AND n.status_id > (SELECT s.id FROM payment_status s JOIN access a ON a.payment ="
	" s.payment WHERE s.status = 'credited' ORDER BY a.id LIMIT 1)"
	" AND NOT EXISTS (SELECT 1 FROM access_now WHERE payment = p.id)",

	"SELECT 'the latencies say ' || l.count || ' credits in ' || l.total || ' us, their journal"
	" ' || a.count || ' in ' || a.total FROM (SELECT sum(count) AS count, sum(total_us) AS"
	" total FROM access_latency) l, (SELECT count(*) AS count, coalesce(sum(latency_us), 0) AS"
	" total FROM access WHERE latency_us IS NOT NULL) a"
	" WHERE l.count <> a.count OR l.total <> a.total",

	"SELECT 'the income of the hours is ' || i.count || ' payments, the ledger says ' ||"
	" m.count FROM (SELECT coalesce(sum(count), 0) AS count FROM income) i,"
	" (SELECT count(*) AS count FROM movement WHERE kind IN ('credited', 'parked')"
	" AND source <> 'in:cash') m WHERE i.count <> m.count",

	"SELECT 'purchase ' || u.id || ' of ' || u.subscriber || ': ' || m.cents || ' cents are no"
	" price of ' || u.periods || ' periods' FROM purchase u JOIN movement m"
	" ON m.id = u.movement WHERE m.cents % u.periods <> 0",

	/* Nothing of these is ever deleted, and each is one more than the former. */
	"SELECT 'rows of ' || name || ' are missing: ' || count || ' are there, the newest is ' ||"
	" newest FROM (SELECT 'payment' AS name, count(*) AS count, max(id) AS newest FROM payment"
	" UNION ALL SELECT 'payment_status', count(*), max(id) FROM payment_status"
	" UNION ALL SELECT 'movement', count(*), max(id) FROM movement"
	" UNION ALL SELECT 'purchase', count(*), max(id) FROM purchase"
	" UNION ALL SELECT 'compensation', count(*), max(id) FROM compensation"
	" UNION ALL SELECT 'attempt', count(*), (SELECT seq FROM sqlite_sequence WHERE name ="
	"  'attempt') FROM attempt"
	" UNION ALL SELECT 'pause', count(*), max(id) FROM pause"
	" UNION ALL SELECT 'access', count(*), max(id) FROM access"
	" UNION ALL SELECT 'doubt', count(*), max(id) FROM doubt)"
	" WHERE count <> coalesce(newest, 0)",

	"SELECT 'the row of the inbox cursor or of the clock is not there'"
	" WHERE (SELECT count(*) FROM cursor) <> 1 OR (SELECT count(*) FROM clock) <> 1",

	"SELECT 'event ' || t.event || ' is named by ' || t.subscriber || ' but is not there'"
	" FROM event_touch t WHERE NOT EXISTS (SELECT 1 FROM event WHERE id = t.event)",
};

/* The standing of everybody, made again from the facts, against the one that is kept. */
static const char standing_check[] =
    "WITH everybody AS (SELECT subscriber FROM standing UNION SELECT subscriber FROM payment_now"
    "  WHERE subscriber <> '' UNION SELECT subscriber FROM purchase UNION SELECT subscriber"
    " FROM opening"
    "  UNION SELECT subscriber FROM pause UNION SELECT subscriber FROM password),"
    /* Materialized: folded into the join, the list of newest rows would be walked per person. */
    " remains AS MATERIALIZED (SELECT * FROM purchase_now WHERE periods > 0),"
    " bought AS MATERIALIZED (SELECT p.* FROM remains p JOIN"
    "  (SELECT max(id) AS id FROM remains GROUP BY subscriber) n ON n.id = p.id),"
    " stopped AS MATERIALIZED (SELECT p.* FROM pause p JOIN"
    "  (SELECT max(id) AS id FROM pause GROUP BY subscriber) n ON n.id = p.id),"
    " paid AS (SELECT subscriber, max(status_id) AS status_id FROM payment_now"
    "  WHERE status = 'credited' GROUP BY subscriber),"
    " ever AS MATERIALIZED (SELECT DISTINCT subscriber FROM payment_status"
    "  WHERE status = 'credited'),"
    " facts AS (SELECT e.subscriber,"
    "  (o.subscriber IS NOT NULL OR v.subscriber IS NOT NULL) AS known,"
    "  o.subscriber IS NOT NULL AS opening_booked,"
    "  coalesce(z.paused, 0) AS paused,"
    "  (SELECT payment FROM payment_status WHERE id = d.status_id) AS last_payment,"
    /* 1: the purchase is in force, 0: the opening is. */
    "  iif(o.subscriber IS NULL OR b.id > o.after_purchase, 1,"
    "   coalesce(b.paid_until_at, 0) >= o.paid_until_at) AS by_purchase,"
    "  coalesce(b.service_from_at, 0) AS service_from_at,"
    "  coalesce(b.paid_until_at, 0) AS paid_until_at, coalesce(b.anchor_day, 0) AS anchor_day,"
    "  coalesce(nullif(o.service_from_at, 0), o.at) AS opened_from_at,"
    "  o.paid_until_at AS opened_until_at"
    "  FROM everybody e LEFT JOIN bought b ON b.subscriber = e.subscriber"
    "  LEFT JOIN opening o ON o.subscriber = e.subscriber"
    "  LEFT JOIN stopped z ON z.subscriber = e.subscriber"
    "  LEFT JOIN ever v ON v.subscriber = e.subscriber"
    "  LEFT JOIN paid d ON d.subscriber = e.subscriber)"
    " SELECT 'standing of ' || f.subscriber || ' differs from what its payments and purchases say'"
    " FROM facts f LEFT JOIN standing s ON s.subscriber = f.subscriber"
    " WHERE s.known IS NOT f.known OR s.opening_booked IS NOT f.opening_booked"
    " OR s.paused IS NOT f.paused OR s.last_payment IS NOT f.last_payment"
    " OR s.paid_until_at IS NOT iif(f.by_purchase, f.paid_until_at, f.opened_until_at)"
    " OR s.service_from_at IS NOT iif(f.by_purchase, f.service_from_at, f.opened_from_at)"
    " OR s.anchor_day IS NOT iif(f.by_purchase, f.anchor_day, 0)";

struct report {
	struct text *problems;
	uint32_t count;
	struct arena *arena;
};

static void add(struct report *report, struct text problem)
{
	report->problems = db_more(report->arena, report->problems, report->count,
				   sizeof(struct text));
	report->problems[report->count++] = problem;
}

/* One query whose rows are sentences; a file that cannot even be read is a problem too, not a
 * failure to check. */
static bool check(struct report *report, struct db *db, const char *sql, const char *file,
		  struct error *error)
{
	struct statement *statement = db_prepare(db, sql);
	uint32_t found = 0;

	while (found < PROBLEMS_PER_CHECK && db_step(statement)) {
		struct text sentence = db_column_text(statement, 0, report->arena);
		add(report, text_format(report->arena, "%s: %.*s", file, TEXT_ARG(sentence)));
		found++;
	}
	if (db_finish(statement, error))
		return true;
	if (error->code != ERROR_STORE)
		return false;
	add(report, text_copy(report->arena, text_of(error->text)));
	return true;
}

static bool check_file(struct report *report, struct db *db, struct error *error)
{
	return check(report, db,
		     "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <>"
		     " 'ok'",
		     db->name, error) &&
	       check(report, db,
		     "SELECT 'a row of ' || \"table\" || ' refers to a row of ' || parent || '"
		     " that is not there'"
		     " FROM pragma_foreign_key_check",
		     db->name, error);
}

static bool check_tenant(struct report *report, struct db *db, struct error *error)
{
	for (size_t i = 0; i < sizeof(tenant_checks) / sizeof(tenant_checks[0]); i++)
		if (!check(report, db, tenant_checks[i], db->name, error))
			return false;
	return check(report, db, standing_check, db->name, error);
}

static bool check_blueprint(struct report *report, struct db *db, enum store_part part,
			    struct error *error)
{
	static const char *const migrations[] = { [STORE_TENANT] = "tenant",
						  [STORE_INBOX] = "inbox",
						  [STORE_STREET] = "street" };
	struct text *differences;
	uint32_t count;

	if (!blueprint_check(&differences, &count, db, migrations[part], report->arena, error))
		return false;
	for (uint32_t i = 0; i < count && i < PROBLEMS_PER_CHECK; i++)
		add(report, text_format(report->arena, "%s: %.*s", db->name,
					TEXT_ARG(differences[i])));
	return true;
}

static bool verify_part(struct report *report, struct store *store, enum store_part part,
			struct error *error)
{
	struct db *db;
	bool ok;

	if (!store_has(store, part))
		return true;
	if (!store_read(&db, store, part, error))
		return false;
	ok = check_file(report, db, error) && check_blueprint(report, db, part, error);
	if (ok && part == STORE_TENANT)
		ok = check_tenant(report, db, error);
	if (ok && part == STORE_INBOX)
		ok = check(
		    report, db,
		    "SELECT 'lines are missing: ' || count(*) || ' are there, the newest is '"
		    " || max(id) FROM line"
		    " HAVING count(*) <> coalesce(max(id), 0)",
		    db->name, error);
	store_read_done(store, part, db);
	return ok;
}

static bool inbox_newest(int64_t *id, bool *there, struct store *store, struct error *error)
{
	struct statement *statement;
	struct db *db;

	*id = 0;
	if (!store_read(&db, store, STORE_INBOX, error))
		return false;
	*there = db->handle != NULL;
	statement = db_prepare(db, "SELECT max(id) FROM line");
	if (db_step(statement))
		*id = db_column(statement, 0);
	bool ok = db_finish(statement, error);
	store_read_done(store, STORE_INBOX, db);
	return ok;
}

/* The cursor is read first: the inbox only grows meanwhile. */
static bool check_cursor(struct report *report, struct store *store, struct error *error)
{
	int64_t cursor, newest;
	bool there;

	if (!store_has(store, STORE_INBOX) || !store_has(store, STORE_TENANT))
		return true;
	if (!inbox_cursor(&cursor, store, error) || !inbox_newest(&newest, &there, store, error))
		return false;
	if (cursor > newest)
		add(report, text_format(report->arena,
					"%.*s: the inbox was booked up to line %lld, but %s %lld",
					TEXT_ARG(store_tenant(store)), (long long)cursor,
					there ? "ends at" : "is not there, as if it ended at",
					(long long)newest));
	return true;
}

bool store_verify(struct text **problems, uint32_t *count, struct store *store, struct arena *arena,
		  struct error *error)
{
	struct report report = { .arena = arena };
	bool ok = store_read_begin(store, error);

	if (!ok)
		return false;
	for (int part = 0; part < STORE_PART_COUNT && ok; part++)
		ok = verify_part(&report, store, (enum store_part)part, error);
	if (ok)
		ok = check_cursor(&report, store, error);
	store_read_end(store);
	*problems = report.problems;
	*count = report.count;
	return ok;
}
