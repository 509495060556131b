-- Derived: the callback URLs of attempts that are still open, published again when they are lost.
CREATE TABLE attempt (
	token BLOB PRIMARY KEY CHECK (length(token) = 32), -- SHA-256 of the URL token, never the token
	channel TEXT NOT NULL,
	provider TEXT NOT NULL,
	attempt INTEGER NOT NULL CHECK (attempt > 0),
	until_at INTEGER NOT NULL -- closed from then on, and dropped some time later
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_by_end ON attempt (until_at);
