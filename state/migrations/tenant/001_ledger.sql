-- Money. Facts: payment, payment_status, movement, purchase, opening, password, pause (all append-only), cursor, clock.
-- Derived, recomputed and compared by `wavu verify`: payment_now, balance, standing.
-- Instants are UTC microseconds; money is integer cents.

-- What was heard of. What became of it is in payment_status: the row itself never changes.
CREATE TABLE payment (
	id INTEGER PRIMARY KEY CHECK (id > 0),
	receipt TEXT NOT NULL CHECK (receipt <> ''),
	receipt_key TEXT NOT NULL UNIQUE, -- trimmed, upper case: one receipt in all channels
	receipt_made INTEGER NOT NULL CHECK (receipt_made IN (0, 1)), -- 1: none was readable, ours is "held-N" or "cash-N"
	provider TEXT NOT NULL,
	channel TEXT NOT NULL,
	cents INTEGER CHECK (cents IS NULL OR (typeof(cents) = 'integer' AND abs(cents) <= 1000000000000000)),
	reference TEXT NOT NULL, -- what the payer typed
	phone TEXT NOT NULL,
	phone_hash TEXT NOT NULL,
	at INTEGER NOT NULL,
	received_at INTEGER NOT NULL,
	booked_at INTEGER NOT NULL,
	inbox_id INTEGER NOT NULL CHECK (inbox_id >= 0)
) STRICT;
CREATE INDEX payment_by_booking ON payment (booked_at);

-- The newest row of a payment is in force.
CREATE TABLE payment_status (
	id INTEGER PRIMARY KEY CHECK (id > 0),
	payment INTEGER NOT NULL REFERENCES payment (id),
	status TEXT NOT NULL CHECK (status IN ('credited', 'unmatched', 'held', 'reversed')),
	subscriber TEXT NOT NULL CHECK ((status = 'credited') = (subscriber <> '')),
	account TEXT NOT NULL,
	reason TEXT NOT NULL,
	actor TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX payment_status_by_payment ON payment_status (payment, id);

CREATE TABLE payment_now (
	payment INTEGER PRIMARY KEY REFERENCES payment (id),
	status_id INTEGER NOT NULL REFERENCES payment_status (id),
	status TEXT NOT NULL,
	subscriber TEXT NOT NULL
) STRICT;
CREATE INDEX payment_now_by_status ON payment_now (status, payment);
CREATE INDEX payment_now_by_subscriber ON payment_now (subscriber, status_id) WHERE subscriber <> '';

-- Double entry by construction: the cents of a row leave one account and enter another, so that every commit conserves
-- money. Accounts: in:CHANNEL (the world outside), unmatched, credit:SUBSCRIBER, revenue, opening.
CREATE TABLE movement (
	id INTEGER PRIMARY KEY CHECK (id > 0),
	kind TEXT NOT NULL CHECK (kind IN ('credited', 'parked', 'assigned', 'bought', 'opened')),
	source TEXT NOT NULL,
	target TEXT NOT NULL,
	cents INTEGER NOT NULL
		CHECK (typeof(cents) = 'integer' AND cents > 0 AND cents <= 1000000000000000),
	payment INTEGER REFERENCES payment (id),
	at INTEGER NOT NULL,
	CHECK (source <> target),
	CHECK ((kind IN ('credited', 'parked', 'assigned')) = (payment IS NOT NULL)),
	CHECK (CASE kind
		WHEN 'credited' THEN substr(source, 1, 3) = 'in:' AND substr(target, 1, 7) = 'credit:'
		WHEN 'parked' THEN substr(source, 1, 3) = 'in:' AND target = 'unmatched'
		WHEN 'assigned' THEN source = 'unmatched' AND substr(target, 1, 7) = 'credit:'
		WHEN 'bought' THEN substr(source, 1, 7) = 'credit:' AND target = 'revenue'
		WHEN 'opened' THEN (source = 'opening' AND substr(target, 1, 7) = 'credit:')
			OR (target = 'opening' AND substr(source, 1, 7) = 'credit:')
	END)
) STRICT;
-- The money of a payment comes in once, and is credited once.
CREATE UNIQUE INDEX movement_comes_in_once ON movement (payment) WHERE kind IN ('credited', 'parked');
CREATE UNIQUE INDEX movement_is_credited_once ON movement (payment) WHERE kind IN ('credited', 'assigned');

CREATE VIEW entry (movement, account, cents, payment, at) AS
	SELECT id, source, -cents, payment, at FROM movement
	UNION ALL
	SELECT id, target, cents, payment, at FROM movement;

CREATE TABLE balance (
	account TEXT PRIMARY KEY,
	cents INTEGER NOT NULL CHECK (typeof(cents) = 'integer')
) STRICT, WITHOUT ROWID;

CREATE TABLE purchase (
	id INTEGER PRIMARY KEY CHECK (id > 0),
	movement INTEGER NOT NULL UNIQUE REFERENCES movement (id),
	subscriber TEXT NOT NULL CHECK (subscriber <> ''),
	payment INTEGER REFERENCES payment (id), -- what made it possible
	periods INTEGER NOT NULL CHECK (periods > 0),
	service_from_at INTEGER NOT NULL CHECK (service_from_at > 0),
	paid_from_at INTEGER NOT NULL,
	paid_until_at INTEGER NOT NULL CHECK (paid_until_at > paid_from_at),
	anchor_day INTEGER NOT NULL CHECK (anchor_day BETWEEN 0 AND 31),
	package TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX purchase_by_subscriber ON purchase (subscriber, id);

CREATE TABLE opening (
	subscriber TEXT PRIMARY KEY CHECK (subscriber <> ''),
	account TEXT NOT NULL,
	paid_until_at INTEGER NOT NULL CHECK (paid_until_at >= 0),
	movement INTEGER UNIQUE REFERENCES movement (id), -- none when nothing was owed either way
	after_purchase INTEGER NOT NULL, -- purchases beyond this one came later
	at INTEGER NOT NULL
) STRICT;

CREATE TABLE password (
	subscriber TEXT PRIMARY KEY CHECK (subscriber <> ''),
	password TEXT NOT NULL CHECK (password <> '')
) STRICT;

CREATE TABLE pause (
	id INTEGER PRIMARY KEY CHECK (id > 0),
	subscriber TEXT NOT NULL CHECK (subscriber <> ''),
	paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
	actor TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX pause_by_subscriber ON pause (subscriber, id);

CREATE TABLE standing (
	subscriber TEXT PRIMARY KEY CHECK (subscriber <> ''),
	known INTEGER NOT NULL CHECK (known IN (0, 1)),
	service_from_at INTEGER NOT NULL,
	paid_until_at INTEGER NOT NULL,
	anchor_day INTEGER NOT NULL,
	opening_booked INTEGER NOT NULL CHECK (opening_booked IN (0, 1)),
	paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
	last_payment INTEGER REFERENCES payment (id),
	changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far the inbox has been booked: moved in the transaction that books.
CREATE TABLE cursor (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	inbox_id INTEGER NOT NULL CHECK (inbox_id >= 0)
) STRICT;
INSERT INTO cursor VALUES (1, 0);
CREATE TRIGGER cursor_never_goes_back BEFORE UPDATE ON cursor WHEN NEW.inbox_id < OLD.inbox_id
BEGIN
	SELECT RAISE(ABORT, 'the inbox cursor never goes back');
END;

CREATE TABLE clock (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	newest_at INTEGER NOT NULL, -- the newest wall time this store has seen
	booked_at INTEGER NOT NULL, -- the newest moment money was booked
	held TEXT NOT NULL -- why expiries wait; empty: they do not
) STRICT;
INSERT INTO clock VALUES (1, 0, 0, '');

CREATE TRIGGER payment_status_is_in_force AFTER INSERT ON payment_status
BEGIN
	INSERT INTO payment_now (payment, status_id, status, subscriber)
	VALUES (NEW.payment, NEW.id, NEW.status, NEW.subscriber)
	ON CONFLICT (payment) DO UPDATE SET
		status_id = excluded.status_id, status = excluded.status, subscriber = excluded.subscriber;
END;
-- Only what waits may still move; what is credited can only be reversed.
CREATE TRIGGER payment_status_moves_on BEFORE INSERT ON payment_status
WHEN EXISTS (SELECT 1 FROM payment_now WHERE payment = NEW.payment AND NOT (
	(status IN ('unmatched', 'held') AND NEW.status = 'credited')
	OR (status = 'credited' AND NEW.status = 'reversed')))
BEGIN
	SELECT RAISE(ABORT, 'journal: a payment cannot take that status any more');
END;
CREATE TRIGGER movement_is_balanced AFTER INSERT ON movement
BEGIN
	INSERT INTO balance (account, cents) VALUES (NEW.source, -NEW.cents)
	ON CONFLICT (account) DO UPDATE SET cents = cents + excluded.cents;
	INSERT INTO balance (account, cents) VALUES (NEW.target, NEW.cents)
	ON CONFLICT (account) DO UPDATE SET cents = cents + excluded.cents;
END;
-- Nobody spends what he does not have; an opening may leave a debt.
CREATE TRIGGER movement_spends_what_is_there BEFORE INSERT ON movement
WHEN NEW.kind IN ('bought', 'assigned')
	AND NEW.cents > coalesce((SELECT cents FROM balance WHERE account = NEW.source), 0)
BEGIN
	SELECT RAISE(ABORT, 'an account cannot spend more than it has');
END;

CREATE TRIGGER payment_is_never_changed BEFORE UPDATE ON payment
BEGIN SELECT RAISE(ABORT, 'journal: a payment is never changed'); END;
CREATE TRIGGER payment_is_never_deleted BEFORE DELETE ON payment
BEGIN SELECT RAISE(ABORT, 'journal: a payment is never deleted'); END;
CREATE TRIGGER payment_status_is_never_changed BEFORE UPDATE ON payment_status
BEGIN SELECT RAISE(ABORT, 'journal: a status is never changed'); END;
CREATE TRIGGER payment_status_is_never_deleted BEFORE DELETE ON payment_status
BEGIN SELECT RAISE(ABORT, 'journal: a status is never deleted'); END;
CREATE TRIGGER movement_is_never_changed BEFORE UPDATE ON movement
BEGIN SELECT RAISE(ABORT, 'journal: a movement is never changed'); END;
CREATE TRIGGER movement_is_never_deleted BEFORE DELETE ON movement
BEGIN SELECT RAISE(ABORT, 'journal: a movement is never deleted'); END;
CREATE TRIGGER purchase_is_never_changed BEFORE UPDATE ON purchase
BEGIN SELECT RAISE(ABORT, 'journal: a purchase is never changed'); END;
CREATE TRIGGER purchase_is_never_deleted BEFORE DELETE ON purchase
BEGIN SELECT RAISE(ABORT, 'journal: a purchase is never deleted'); END;
CREATE TRIGGER opening_is_never_changed BEFORE UPDATE ON opening
BEGIN SELECT RAISE(ABORT, 'journal: an opening is never changed'); END;
CREATE TRIGGER opening_is_never_deleted BEFORE DELETE ON opening
BEGIN SELECT RAISE(ABORT, 'journal: an opening is never deleted'); END;
CREATE TRIGGER password_is_never_changed BEFORE UPDATE ON password
BEGIN SELECT RAISE(ABORT, 'journal: a password is never changed'); END;
CREATE TRIGGER password_is_never_deleted BEFORE DELETE ON password
BEGIN SELECT RAISE(ABORT, 'journal: a password is never deleted'); END;
CREATE TRIGGER pause_is_never_changed BEFORE UPDATE ON pause
BEGIN SELECT RAISE(ABORT, 'journal: a pause is never changed'); END;
CREATE TRIGGER pause_is_never_deleted BEFORE DELETE ON pause
BEGIN SELECT RAISE(ABORT, 'journal: a pause is never deleted'); END;
