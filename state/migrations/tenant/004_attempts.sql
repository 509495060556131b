-- Facts: attempt (what is asked never changes; what became of it only moves on), merged.

-- A prompt that wavu sent, or means to send, to a payer's phone.
CREATE TABLE attempt (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	channel TEXT NOT NULL CHECK (channel <> ''),
	provider TEXT NOT NULL,
	shortcode TEXT NOT NULL,
	subscriber TEXT NOT NULL CHECK (subscriber <> ''),
	account TEXT NOT NULL CHECK (account <> ''),
	phone TEXT NOT NULL CHECK (phone <> ''), -- E.164 digits
	cents INTEGER NOT NULL CHECK (typeof(cents) = 'integer' AND cents > 0 AND cents <= 1000000000000000),
	actor TEXT NOT NULL,
	created_at INTEGER NOT NULL CHECK (created_at > 0),
	status TEXT NOT NULL CHECK (status IN ('created', 'prompted', 'paid', 'failed', 'expired')),
	reason TEXT NOT NULL,
	token BLOB NOT NULL CHECK (length(token) = 32), -- SHA-256 of the token in its callback URL; zeros: none was made
	sent_at INTEGER NOT NULL, -- set before the push leaves: from then on it is never sent again; 0: it did not leave
	provider_ref TEXT NOT NULL, -- the provider's name for it, or empty
	hint TEXT NOT NULL, -- a receipt that was said but not believed yet
	asks INTEGER NOT NULL CHECK (asks >= 0),
	next_at INTEGER NOT NULL, -- when something is to be done about it; 0: nothing
	payment INTEGER REFERENCES payment (id),
	proven INTEGER NOT NULL CHECK (proven IN (0, 1)), -- 1: the payment's receipt was said on this attempt's own URL
	changed_at INTEGER NOT NULL,
	CHECK ((status = 'paid') = (payment IS NOT NULL)),
	CHECK (proven = 0 OR payment IS NOT NULL)
) STRICT;
CREATE INDEX attempt_by_phone ON attempt (phone, id);
CREATE INDEX attempt_by_payment ON attempt (payment) WHERE payment IS NOT NULL;
CREATE INDEX attempt_due ON attempt (next_at) WHERE next_at > 0;

CREATE TRIGGER attempt_keeps_what_was_asked
BEFORE UPDATE OF id, channel, provider, shortcode, subscriber, account, phone, cents, actor, created_at ON attempt
WHEN OLD.id <> NEW.id OR OLD.channel <> NEW.channel OR OLD.provider <> NEW.provider OR OLD.shortcode <> NEW.shortcode
	OR OLD.subscriber <> NEW.subscriber OR OLD.account <> NEW.account OR OLD.phone <> NEW.phone
	OR OLD.cents <> NEW.cents OR OLD.actor <> NEW.actor OR OLD.created_at <> NEW.created_at
BEGIN
	SELECT RAISE(ABORT, 'journal: what an attempt asks for is never changed');
END;
-- Paid is final; what failed or expired can only turn out to be paid; a prompt that left cannot be unsaid.
CREATE TRIGGER attempt_moves_on BEFORE UPDATE OF status ON attempt
WHEN OLD.status <> NEW.status AND NOT (NEW.status = 'paid'
	OR (OLD.status IN ('created', 'prompted') AND NEW.status IN ('failed', 'expired'))
	OR (OLD.status = 'created' AND NEW.status = 'prompted'))
BEGIN
	SELECT RAISE(ABORT, 'journal: an attempt cannot take that status any more');
END;
-- A payment that was only inferred may give way to the one that the attempt's own callback names.
CREATE TRIGGER attempt_keeps_its_payment BEFORE UPDATE OF payment, proven ON attempt
WHEN OLD.proven = 1 AND (NEW.proven = 0 OR NEW.payment IS NOT OLD.payment)
BEGIN
	SELECT RAISE(ABORT, 'journal: a proven attempt keeps its payment');
END;
CREATE TRIGGER attempt_is_never_deleted BEFORE DELETE ON attempt
BEGIN
	SELECT RAISE(ABORT, 'journal: an attempt is never deleted');
END;

-- The receipt of a payment that was credited before its receipt was known (a query's answer has none).
CREATE TABLE merged (
	payment INTEGER PRIMARY KEY REFERENCES payment (id),
	receipt TEXT NOT NULL CHECK (receipt <> ''),
	receipt_key TEXT NOT NULL UNIQUE,
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER merged_is_no_payment BEFORE INSERT ON merged
WHEN EXISTS (SELECT 1 FROM payment WHERE receipt_key = NEW.receipt_key)
BEGIN
	SELECT RAISE(ABORT, 'journal: that receipt is a payment of its own');
END;
CREATE TRIGGER payment_is_not_merged BEFORE INSERT ON payment
WHEN EXISTS (SELECT 1 FROM merged WHERE receipt_key = NEW.receipt_key)
BEGIN
	SELECT RAISE(ABORT, 'journal: that receipt is the receipt of another payment');
END;
CREATE TRIGGER merged_is_never_changed BEFORE UPDATE ON merged
BEGIN SELECT RAISE(ABORT, 'journal: a merged receipt is never changed'); END;
CREATE TRIGGER merged_is_never_deleted BEFORE DELETE ON merged
BEGIN SELECT RAISE(ABORT, 'journal: a merged receipt is never deleted'); END;
