-- What came and has no receipt of its own to be known by: one held line, and how often it came.
CREATE TABLE heard (
	key BLOB PRIMARY KEY CHECK (length(key) = 32), -- SHA-256 of what makes two of them the same
	payment INTEGER NOT NULL REFERENCES payment (id),
	times INTEGER NOT NULL CHECK (times > 0),
	newest_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX heard_by_payment ON heard (payment);
CREATE TRIGGER heard_is_only_counted BEFORE UPDATE ON heard
WHEN NEW.payment <> OLD.payment OR NEW.times <= OLD.times
BEGIN
	SELECT RAISE(ABORT, 'journal: what was heard is only counted on');
END;

-- Inbox lines whose signature did not fit. The fault may be ours: they are tried again. Bounded for each channel.
CREATE TABLE refused (
	inbox_id INTEGER PRIMARY KEY CHECK (inbox_id > 0),
	channel TEXT NOT NULL
) STRICT;
CREATE INDEX refused_by_channel ON refused (channel, inbox_id);

-- Inbox lines that are hints: their provider is to be asked.
CREATE TABLE hint (
	inbox_id INTEGER PRIMARY KEY CHECK (inbox_id > 0),
	since_at INTEGER NOT NULL,
	tries INTEGER NOT NULL CHECK (tries >= 0),
	next_at INTEGER NOT NULL
) STRICT;
CREATE INDEX hint_by_time ON hint (next_at);
