-- Facts: takeover, pull (how far a provider's own list was read), pull_gap, listed (what it said).

-- When the first commit came into force. What was paid before is not ours to credit.
CREATE TABLE takeover (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	at INTEGER NOT NULL CHECK (at > 0)
) STRICT;
INSERT INTO takeover (id, at) SELECT 1, first FROM (SELECT min(at) AS first FROM (
	SELECT in_force_at AS at FROM source WHERE in_force <> ''
	UNION ALL SELECT min(booked_at) FROM payment
	UNION ALL SELECT min(at) FROM opening
	UNION ALL SELECT min(at) FROM event) WHERE at > 0) WHERE first IS NOT NULL;
CREATE TRIGGER source_takes_over AFTER UPDATE OF in_force ON source
WHEN NEW.in_force <> '' AND NEW.in_force_at > 0 AND NOT EXISTS (SELECT 1 FROM takeover)
BEGIN
	INSERT INTO takeover (id, at) VALUES (1, NEW.in_force_at);
END;
CREATE TRIGGER takeover_is_never_changed BEFORE UPDATE ON takeover
BEGIN SELECT RAISE(ABORT, 'journal: the takeover is never changed'); END;
CREATE TRIGGER takeover_is_never_deleted BEFORE DELETE ON takeover
BEGIN SELECT RAISE(ABORT, 'journal: the takeover is never deleted'); END;

-- One short code of one channel, from the first commit on that declared it.
DROP TABLE pull;
CREATE TABLE pull (
	id INTEGER PRIMARY KEY CHECK (id > 0),
	channel TEXT NOT NULL CHECK (channel <> ''),
	shortcode TEXT NOT NULL,
	since_at INTEGER NOT NULL CHECK (since_at > 0), -- of what was paid before nothing is taken
	until_at INTEGER NOT NULL DEFAULT 0, -- what was paid before was read, but for gaps; 0: nothing yet
	day_at INTEGER NOT NULL DEFAULT 0, -- whole days before this one were read once more; 0: none yet
	zone INTEGER NOT NULL DEFAULT 0 CHECK (zone BETWEEN 0 AND 2), -- of its clock: not known, EAT, as written
	whole INTEGER NOT NULL DEFAULT 0 CHECK (whole IN (0, 1)), -- the window in hand is a whole day
	from_at INTEGER NOT NULL DEFAULT 0, -- the window in hand; to_at 0: none
	to_at INTEGER NOT NULL DEFAULT 0,
	page_offset INTEGER NOT NULL DEFAULT 0 CHECK (page_offset >= 0),
	began_at INTEGER NOT NULL DEFAULT 0,
	again_at INTEGER NOT NULL DEFAULT 0, -- when the newest payments are read again
	failures INTEGER NOT NULL DEFAULT 0,
	failing_since_at INTEGER NOT NULL DEFAULT 0,
	why TEXT NOT NULL DEFAULT '', -- of the last try; empty: it worked
	tried_at INTEGER NOT NULL DEFAULT 0, -- the last try
	hurried_at INTEGER NOT NULL DEFAULT 0, -- when a person wanted it read at once
	next_at INTEGER NOT NULL DEFAULT 0, -- 0: it is not read
	UNIQUE (channel, shortcode)
) STRICT;

-- What could not be read any more when wavu came back: a person compares a statement.
CREATE TABLE pull_gap (
	id INTEGER PRIMARY KEY CHECK (id > 0),
	pull INTEGER NOT NULL REFERENCES pull (id),
	from_at INTEGER NOT NULL,
	to_at INTEGER NOT NULL CHECK (to_at > from_at),
	covered_by TEXT NOT NULL DEFAULT '', -- who took a statement of that time
	covered_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX pull_gap_by_pull ON pull_gap (pull, to_at);

CREATE TABLE listed (
	id INTEGER PRIMARY KEY CHECK (id > 0),
	pull INTEGER NOT NULL REFERENCES pull (id),
	what INTEGER NOT NULL CHECK (what BETWEEN 0 AND 3), -- money in, taken back, money out, unreadable
	receipt TEXT NOT NULL, -- in upper case, as the ledger's keys
	linked TEXT NOT NULL, -- taken back: the receipt that it names, in upper case
	cents INTEGER NOT NULL CHECK (cents >= 0 AND cents <= 1000000000000000),
	at INTEGER NOT NULL,
	why TEXT NOT NULL, -- why it was not booked, or cannot be read
	by_hand INTEGER NOT NULL CHECK (by_hand IN (0, 1)), -- a person had recorded that money another way
	found INTEGER NOT NULL CHECK (found IN (0, 1)), -- booked because of this row alone
	first_at INTEGER NOT NULL, -- when it was read first
	seen_at INTEGER NOT NULL, -- and last: when that window was begun
	gone_at INTEGER NOT NULL DEFAULT 0, -- its day was read anew without it; 0: it is there
	UNIQUE (pull, receipt, what, cents)
) STRICT;
CREATE INDEX listed_by_time ON listed (pull, at);
CREATE INDEX listed_by_link ON listed (linked) WHERE linked <> '';
CREATE INDEX listed_found ON listed (pull, first_at) WHERE found = 1;
CREATE TRIGGER listed_is_never_deleted BEFORE DELETE ON listed
BEGIN SELECT RAISE(ABORT, 'journal: what a list said is never deleted'); END;
CREATE TRIGGER listed_keeps_what_was_said BEFORE UPDATE OF pull, what, receipt, linked, cents, first_at ON listed
BEGIN SELECT RAISE(ABORT, 'journal: what a list said is never changed'); END;
