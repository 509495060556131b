-- Facts: question (what is asked never changes; what became of it only moves on), compensation, shortened (append-only),
-- pull (how far a provider's own list was read).

-- What wavu asks a provider about one payment (is it true?), or orders (take it back).
CREATE TABLE question (
	id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id >= 1099511627776), -- beyond all attempts: both have URLs of one kind
	kind TEXT NOT NULL CHECK (kind IN ('verify', 'reverse')),
	channel TEXT NOT NULL CHECK (channel <> ''),
	provider TEXT NOT NULL,
	payment INTEGER NOT NULL REFERENCES payment (id),
	receipt TEXT NOT NULL CHECK (receipt <> ''),
	cents INTEGER NOT NULL CHECK (typeof(cents) = 'integer' AND cents > 0 AND cents <= 1000000000000000),
	reason TEXT NOT NULL,
	actor TEXT NOT NULL,
	created_at INTEGER NOT NULL CHECK (created_at > 0),
	status TEXT NOT NULL CHECK (status IN ('open', 'yes', 'no', 'unknown')),
	why TEXT NOT NULL,
	token BLOB NOT NULL CHECK (length(token) = 32), -- SHA-256 of the token in its newest URL; zeros: none was made
	sent_at INTEGER NOT NULL, -- set before it leaves; 0: it did not leave
	provider_ref TEXT NOT NULL,
	ordered_ref TEXT NOT NULL,
	follows INTEGER NOT NULL CHECK (follows IN (0, 1)),
	asks INTEGER NOT NULL CHECK (asks >= 0),
	next_at INTEGER NOT NULL,
	changed_at INTEGER NOT NULL
) STRICT;
INSERT INTO sqlite_sequence (name, seq) VALUES ('question', 1099511627775);
CREATE INDEX question_due ON question (channel, next_at) WHERE next_at > 0;
CREATE UNIQUE INDEX question_is_open_once ON question (payment, kind) WHERE status = 'open';
CREATE INDEX question_by_sending ON question (sent_at) WHERE sent_at > 0;

CREATE TRIGGER question_keeps_what_was_asked
BEFORE UPDATE OF id, kind, channel, provider, payment, receipt, cents, reason, actor, created_at ON question
WHEN OLD.id <> NEW.id OR OLD.kind <> NEW.kind OR OLD.channel <> NEW.channel OR OLD.provider <> NEW.provider
	OR OLD.payment <> NEW.payment OR OLD.receipt <> NEW.receipt OR OLD.cents <> NEW.cents OR OLD.reason <> NEW.reason
	OR OLD.actor <> NEW.actor OR OLD.created_at <> NEW.created_at
BEGIN
	SELECT RAISE(ABORT, 'journal: what a question asks is never changed');
END;
-- An order that left cannot be unsaid, so it is never said again; what is answered yes stays so.
CREATE TRIGGER question_moves_on BEFORE UPDATE OF status, sent_at, follows ON question
WHEN (OLD.status = 'yes' AND NEW.status <> 'yes')
	OR (OLD.status <> 'open' AND NEW.status = 'open')
	OR (OLD.kind = 'reverse' AND OLD.sent_at > 0 AND NEW.sent_at <> OLD.sent_at)
	OR (OLD.follows = 1 AND NEW.follows = 0)
BEGIN
	SELECT RAISE(ABORT, 'journal: a question cannot take that form any more');
END;
CREATE TRIGGER question_is_never_deleted BEFORE DELETE ON question
BEGIN
	SELECT RAISE(ABORT, 'journal: a question is never deleted');
END;

-- What undoes a movement, wholly or in part: the same two accounts the other way round. Movements themselves stay.
CREATE TABLE compensation (
	id INTEGER PRIMARY KEY CHECK (id > 0),
	movement INTEGER NOT NULL REFERENCES movement (id),
	cents INTEGER NOT NULL CHECK (typeof(cents) = 'integer' AND cents > 0 AND cents <= 1000000000000000),
	payment INTEGER NOT NULL REFERENCES payment (id), -- whose reversal it belongs to
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX compensation_by_movement ON compensation (movement);
CREATE INDEX compensation_by_payment ON compensation (payment);
CREATE TRIGGER compensation_undoes_what_was BEFORE INSERT ON compensation
WHEN NEW.cents + coalesce((SELECT sum(cents) FROM compensation WHERE movement = NEW.movement), 0)
		> coalesce((SELECT cents FROM movement WHERE id = NEW.movement), 0)
	OR (SELECT kind FROM movement WHERE id = NEW.movement) = 'opened'
	OR (SELECT payment FROM movement WHERE id = NEW.movement AND kind <> 'bought') <> NEW.payment
BEGIN
	SELECT RAISE(ABORT, 'journal: a movement is undone once, and no more than it moved');
END;
CREATE TRIGGER compensation_is_balanced AFTER INSERT ON compensation
BEGIN
	INSERT INTO balance (account, cents) SELECT source, NEW.cents FROM movement WHERE id = NEW.movement
	ON CONFLICT (account) DO UPDATE SET cents = cents + excluded.cents;
	INSERT INTO balance (account, cents) SELECT target, -NEW.cents FROM movement WHERE id = NEW.movement
	ON CONFLICT (account) DO UPDATE SET cents = cents + excluded.cents;
END;

DROP VIEW entry;
CREATE VIEW entry (movement, account, cents, payment, at) AS
	SELECT id, source, -cents, payment, at FROM movement
	UNION ALL
	SELECT id, target, cents, payment, at FROM movement
	UNION ALL
	SELECT m.id, m.source, c.cents, c.payment, c.at FROM compensation c JOIN movement m ON m.id = c.movement
	UNION ALL
	SELECT m.id, m.target, -c.cents, c.payment, c.at FROM compensation c JOIN movement m ON m.id = c.movement;

-- Periods that a reversal took back from a purchase.
CREATE TABLE shortened (
	compensation INTEGER PRIMARY KEY REFERENCES compensation (id),
	purchase INTEGER NOT NULL REFERENCES purchase (id),
	periods INTEGER NOT NULL CHECK (periods > 0),
	paid_until_at INTEGER NOT NULL, -- from then on, where the purchase has periods left
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX shortened_by_purchase ON shortened (purchase, compensation);
CREATE TRIGGER shortened_within_the_purchase BEFORE INSERT ON shortened
WHEN NEW.periods + coalesce((SELECT sum(periods) FROM shortened WHERE purchase = NEW.purchase), 0)
		> (SELECT periods FROM purchase WHERE id = NEW.purchase)
	OR (SELECT movement FROM compensation WHERE id = NEW.compensation)
		IS NOT (SELECT movement FROM purchase WHERE id = NEW.purchase)
BEGIN
	SELECT RAISE(ABORT, 'journal: a purchase cannot lose more than it bought');
END;
-- What is left of every purchase.
CREATE VIEW purchase_now AS
	SELECT p.id, p.movement, p.subscriber, p.payment, p.service_from_at, p.paid_from_at, p.anchor_day, p.package, p.at,
		p.periods - coalesce((SELECT sum(s.periods) FROM shortened s WHERE s.purchase = p.id), 0) AS periods,
		m.cents - coalesce((SELECT sum(c.cents) FROM compensation c WHERE c.movement = p.movement), 0) AS cents,
		coalesce((SELECT s.paid_until_at FROM shortened s WHERE s.purchase = p.id ORDER BY s.compensation DESC LIMIT 1),
			p.paid_until_at) AS paid_until_at
	FROM purchase p JOIN movement m ON m.id = p.movement;

CREATE TRIGGER compensation_is_never_changed BEFORE UPDATE ON compensation
BEGIN SELECT RAISE(ABORT, 'journal: a compensation is never changed'); END;
CREATE TRIGGER compensation_is_never_deleted BEFORE DELETE ON compensation
BEGIN SELECT RAISE(ABORT, 'journal: a compensation is never deleted'); END;
CREATE TRIGGER shortened_is_never_changed BEFORE UPDATE ON shortened
BEGIN SELECT RAISE(ABORT, 'journal: a shortened purchase is never changed'); END;
CREATE TRIGGER shortened_is_never_deleted BEFORE DELETE ON shortened
BEGIN SELECT RAISE(ABORT, 'journal: a shortened purchase is never deleted'); END;

-- What waits may move, what is held may change its reason or turn out to be nobody's, and everything can be reversed, once.
DROP TRIGGER payment_status_moves_on;
CREATE TRIGGER payment_status_moves_on BEFORE INSERT ON payment_status
WHEN EXISTS (SELECT 1 FROM payment_now WHERE payment = NEW.payment AND NOT (
	(status = 'held' AND NEW.status IN ('held', 'unmatched', 'credited', 'reversed'))
	OR (status = 'unmatched' AND NEW.status IN ('credited', 'reversed'))
	OR (status = 'credited' AND NEW.status = 'reversed')))
BEGIN
	SELECT RAISE(ABORT, 'journal: a payment cannot take that status any more');
END;

-- How far a provider's own list of payments was read.
CREATE TABLE pull (
	channel TEXT PRIMARY KEY CHECK (channel <> ''),
	until_at INTEGER NOT NULL, -- everything before it was read; 0: nothing
	tried_at INTEGER NOT NULL,
	why TEXT NOT NULL, -- of the last try; empty: it worked
	next_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Money that waits because nobody could be asked is asked about from now on.
INSERT INTO question (id, kind, channel, provider, payment, receipt, cents, reason, actor, created_at, status, why, token,
		sent_at, provider_ref, ordered_ref, follows, asks, next_at, changed_at)
	SELECT 1099511627775 + row_number() OVER (ORDER BY p.id), 'verify', p.channel, p.provider, p.id, p.receipt, p.cents, '',
		'', p.booked_at, 'open', '', zeroblob(32), 0, '', '', 0, 0, p.booked_at, p.booked_at
	FROM payment p JOIN payment_now n ON n.payment = p.id AND n.status = 'held' JOIN payment_status s ON s.id = n.status_id
	WHERE s.reason = 'the provider was not asked yet whether it is true' AND p.receipt_made = 0 AND p.cents > 0;
