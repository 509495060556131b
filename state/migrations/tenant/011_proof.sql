-- What became of each credit on its router. Fact, append-only: access, settled. Derived, made again and compared by
-- `wavu verify`: access_now, access_latency, income.
CREATE TABLE access (
	id INTEGER PRIMARY KEY CHECK (id > 0),
	payment INTEGER NOT NULL REFERENCES payment (id),
	subscriber TEXT NOT NULL CHECK (subscriber <> ''),
	state TEXT NOT NULL CHECK (state IN ('waiting', 'online', 'none')),
	router TEXT NOT NULL,
	why TEXT NOT NULL, -- waiting: what is in the way (empty: nothing, its job is due); none: why there is no access
	live INTEGER NOT NULL CHECK (live BETWEEN -1 AND 1), -- online: was a session seen, too? -1: the service has none
	tries INTEGER NOT NULL CHECK (tries >= 0), -- jobs on that router that failed in a row when this was learnt
	since_at INTEGER NOT NULL, -- the router was away since; 0: it answered
	after_purchase INTEGER, -- none, for it bought nothing: only a purchase beyond this one can change that
	latency_us INTEGER CHECK (latency_us IS NULL OR (state = 'online' AND latency_us >= 0)), -- from the callback
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX access_by_payment ON access (payment, id);
CREATE INDEX access_measured ON access (id) WHERE latency_us IS NOT NULL;

CREATE TABLE access_now (
	payment INTEGER PRIMARY KEY REFERENCES payment (id),
	access INTEGER NOT NULL REFERENCES access (id),
	subscriber TEXT NOT NULL,
	router TEXT NOT NULL,
	state TEXT NOT NULL,
	blocked INTEGER NOT NULL CHECK (blocked IN (0, 1))
) STRICT;
CREATE INDEX access_open ON access_now (subscriber, payment) WHERE state <> 'online';
CREATE INDEX access_waiting ON access_now (router, blocked, payment) WHERE state = 'waiting';

-- How many credits took at most so long, and longer than the bound before; the last bound is none.
CREATE TABLE access_latency (
	bound_us INTEGER PRIMARY KEY CHECK (bound_us > 0),
	count INTEGER NOT NULL DEFAULT 0,
	total_us INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO access_latency (bound_us) VALUES (5000), (10000), (25000), (50000), (100000), (250000), (500000), (1000000),
	(2500000), (5000000), (10000000), (30000000), (60000000), (300000000), (900000000), (3600000000), (86400000000),
	(9223372036854775807);

CREATE TRIGGER access_is_in_force AFTER INSERT ON access
BEGIN
	INSERT INTO access_now (payment, access, subscriber, router, state, blocked)
	VALUES (NEW.payment, NEW.id, NEW.subscriber, NEW.router, NEW.state, NEW.why <> '')
	ON CONFLICT (payment) DO UPDATE SET access = excluded.access, subscriber = excluded.subscriber,
		router = excluded.router, state = excluded.state, blocked = excluded.blocked;
END;
CREATE TRIGGER access_is_measured AFTER INSERT ON access WHEN NEW.latency_us IS NOT NULL
BEGIN
	UPDATE access_latency SET count = count + 1, total_us = total_us + NEW.latency_us
	WHERE bound_us = (SELECT min(bound_us) FROM access_latency WHERE bound_us >= NEW.latency_us);
END;
-- Verified is an end: what happens to his access later is not about this credit any more.
CREATE TRIGGER access_ends_once BEFORE INSERT ON access
WHEN EXISTS (SELECT 1 FROM access_now WHERE payment = NEW.payment AND state = 'online')
BEGIN
	SELECT RAISE(ABORT, 'journal: that credit was seen online already');
END;
CREATE TRIGGER access_is_never_changed BEFORE UPDATE ON access
BEGIN SELECT RAISE(ABORT, 'journal: an access is never changed'); END;
CREATE TRIGGER access_is_never_deleted BEFORE DELETE ON access
BEGIN SELECT RAISE(ABORT, 'journal: an access is never deleted'); END;

-- Held money that a person has dealt with another way: no longer counted as waiting, and never credited any more.
CREATE TABLE settled (
	payment INTEGER PRIMARY KEY REFERENCES payment (id),
	by_payment INTEGER NOT NULL REFERENCES payment (id),
	actor TEXT NOT NULL,
	at INTEGER NOT NULL,
	CHECK (payment <> by_payment)
) STRICT;
CREATE TRIGGER settled_was_held BEFORE INSERT ON settled
WHEN NOT EXISTS (SELECT 1 FROM payment_now WHERE payment = NEW.payment AND status = 'held')
BEGIN
	SELECT RAISE(ABORT, 'journal: only held money is settled by another payment');
END;
CREATE TRIGGER settled_is_not_credited BEFORE INSERT ON payment_status
WHEN EXISTS (SELECT 1 FROM settled WHERE payment = NEW.payment)
BEGIN
	SELECT RAISE(ABORT, 'journal: that payment was settled by another one');
END;
CREATE TRIGGER settled_is_never_changed BEFORE UPDATE ON settled
BEGIN SELECT RAISE(ABORT, 'journal: a settlement is never changed'); END;
CREATE TRIGGER settled_is_never_deleted BEFORE DELETE ON settled
BEGIN SELECT RAISE(ABORT, 'journal: a settlement is never deleted'); END;

-- Verified payments from outside, hour by hour (hours since 1970, UTC): what silence is measured by.
CREATE TABLE income (
	hour INTEGER PRIMARY KEY,
	count INTEGER NOT NULL CHECK (count > 0),
	newest_at INTEGER NOT NULL
) STRICT;
INSERT INTO income (hour, count, newest_at) SELECT at / 3600000000, count(*), max(at) FROM movement
	WHERE kind IN ('credited', 'parked') AND source <> 'in:cash' GROUP BY 1;
CREATE TRIGGER movement_is_income AFTER INSERT ON movement
WHEN NEW.kind IN ('credited', 'parked') AND NEW.source <> 'in:cash'
BEGIN
	INSERT INTO income (hour, count, newest_at) VALUES (NEW.at / 3600000000, 1, NEW.at)
	ON CONFLICT (hour) DO UPDATE SET count = count + 1, newest_at = max(newest_at, excluded.newest_at);
END;
