-- Derived: all of it is what the commit in force says, and is published again when it is lost.
CREATE TABLE channel (
	channel TEXT PRIMARY KEY,
	provider TEXT NOT NULL,
	token BLOB NOT NULL CHECK (length(token) = 32) -- SHA-256 of the URL token, never the token
) STRICT, WITHOUT ROWID;

-- One row after the first publish; the version grows with every change.
CREATE TABLE publication (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	version INTEGER NOT NULL CHECK (version > 0)
) STRICT;
