-- Fact (append-only): doubt. What is odd about a payment, and what was said of it since; the newest row is in force. No row
-- of it moves money.
CREATE TABLE doubt (
	id INTEGER PRIMARY KEY CHECK (id > 0),
	payment INTEGER NOT NULL REFERENCES payment (id),
	verdict TEXT NOT NULL CHECK (verdict IN ('odd', 'unnamed', 'unconfirmed', 'true', 'false')),
	why TEXT NOT NULL CHECK (why <> ''),
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX doubt_by_payment ON doubt (payment, id);
CREATE TRIGGER doubt_is_never_changed BEFORE UPDATE ON doubt
BEGIN SELECT RAISE(ABORT, 'journal: a doubt is never changed'); END;
CREATE TRIGGER doubt_is_never_deleted BEFORE DELETE ON doubt
BEGIN SELECT RAISE(ABORT, 'journal: a doubt is never deleted'); END;
