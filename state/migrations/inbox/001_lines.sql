-- Fact, append-only: what arrived on a valid token, as it arrived. Only the webhook program writes it.
CREATE TABLE line (
	id INTEGER PRIMARY KEY CHECK (id > 0), -- grows by one; never reused, for nothing is ever deleted
	channel TEXT NOT NULL,
	provider TEXT NOT NULL,
	kind TEXT NOT NULL,
	received_at INTEGER NOT NULL, -- UTC microseconds, as every instant here
	source TEXT NOT NULL,
	headers BLOB NOT NULL,
	body BLOB NOT NULL -- raw: a signature is checked on these bytes
) STRICT;

CREATE TRIGGER line_is_never_changed BEFORE UPDATE ON line
BEGIN
	SELECT RAISE(ABORT, 'journal: an inbox line is never changed');
END;
CREATE TRIGGER line_is_never_deleted BEFORE DELETE ON line
BEGIN
	SELECT RAISE(ABORT, 'journal: an inbox line is never deleted');
END;
