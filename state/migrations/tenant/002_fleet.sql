-- Facts: router (generations, pause), mark, loss, approval, source, inventory, event.
-- Derived, found again by the next look: the conditions in router, drift.

CREATE TABLE router (
	name TEXT PRIMARY KEY CHECK (name <> ''),
	generation INTEGER NOT NULL DEFAULT 0,
	applied_generation INTEGER NOT NULL DEFAULT 0 CHECK (applied_generation <= generation),
	wanted_commit TEXT NOT NULL DEFAULT '',
	applied_commit TEXT NOT NULL DEFAULT '',
	reachable INTEGER NOT NULL DEFAULT -1 CHECK (reachable BETWEEN -1 AND 1),
	in_sync INTEGER NOT NULL DEFAULT -1 CHECK (in_sync BETWEEN -1 AND 1),
	drift_rows INTEGER NOT NULL DEFAULT 0,
	contested INTEGER NOT NULL DEFAULT 0 CHECK (contested IN (0, 1)),
	failures INTEGER NOT NULL DEFAULT 0,
	unreachable_since_at INTEGER NOT NULL DEFAULT 0,
	last_look_at INTEGER NOT NULL DEFAULT 0,
	last_reconcile_at INTEGER NOT NULL DEFAULT 0,
	error TEXT NOT NULL DEFAULT '',
	guarded_digest TEXT NOT NULL DEFAULT '',
	guarded_losses INTEGER NOT NULL DEFAULT 0,
	guarded_why TEXT NOT NULL DEFAULT '',
	pause_until_at INTEGER NOT NULL DEFAULT 0,
	pause_reason TEXT NOT NULL DEFAULT '',
	version TEXT NOT NULL DEFAULT '',
	walls TEXT NOT NULL DEFAULT '',
	named INTEGER NOT NULL DEFAULT 1 -- used while the set is replaced
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: a job clears marks up to a number, which must never come again.
CREATE TABLE mark (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	router TEXT NOT NULL,
	subscriber TEXT NOT NULL,
	cause INTEGER NOT NULL,
	because TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX mark_by_router ON mark (router, subscriber);

CREATE TABLE loss (
	router TEXT NOT NULL,
	subscriber TEXT NOT NULL,
	in_commit TEXT NOT NULL,
	PRIMARY KEY (router, subscriber)
) STRICT, WITHOUT ROWID;

CREATE TABLE approval (
	router TEXT NOT NULL,
	digest TEXT NOT NULL CHECK (digest <> ''),
	actor TEXT NOT NULL,
	at INTEGER NOT NULL,
	spent INTEGER NOT NULL DEFAULT 0 CHECK (spent IN (0, 1)),
	PRIMARY KEY (router, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	in_force TEXT NOT NULL,
	in_force_at INTEGER NOT NULL,
	newest TEXT NOT NULL,
	error TEXT NOT NULL,
	looked_at INTEGER NOT NULL,
	channel_problems TEXT NOT NULL,
	losses_why TEXT NOT NULL
) STRICT;
INSERT INTO source VALUES (1, '', 0, '', '', 0, '', '');

CREATE TABLE inventory (
	router TEXT NOT NULL CHECK (router <> ''),
	menu TEXT NOT NULL,
	row_key TEXT NOT NULL,
	subscriber TEXT NOT NULL,
	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
	written TEXT NOT NULL,
	secret_written TEXT NOT NULL,
	open INTEGER NOT NULL CHECK (open IN (0, 1)),
	rights_pending INTEGER NOT NULL CHECK (rights_pending IN (0, 1)),
	rights_at INTEGER NOT NULL,
	macs TEXT NOT NULL,
	heals INTEGER NOT NULL,
	healed_at INTEGER NOT NULL,
	PRIMARY KEY (router, menu, row_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX inventory_by_subscriber ON inventory (router, subscriber);

-- History: only the count of identical repeats may change, and only what is beyond the newest 100,000 rows may go.
CREATE TABLE event (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	router TEXT NOT NULL,
	in_commit TEXT NOT NULL,
	cause INTEGER NOT NULL,
	because TEXT NOT NULL,
	writes INTEGER NOT NULL,
	duration_ms INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	repeats INTEGER NOT NULL,
	changes TEXT NOT NULL,
	error TEXT NOT NULL,
	repeated_at INTEGER NOT NULL -- when it was counted up last, 0: never
) STRICT;
CREATE INDEX event_by_router ON event (router, id);

CREATE TABLE event_touch (
	subscriber TEXT NOT NULL,
	event INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
	PRIMARY KEY (subscriber, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_touch_by_event ON event_touch (event);

CREATE TABLE drift (
	router TEXT NOT NULL,
	menu TEXT NOT NULL,
	row_key TEXT NOT NULL,
	fields TEXT NOT NULL,
	since_at INTEGER NOT NULL,
	subscriber TEXT NOT NULL,
	policy TEXT NOT NULL,
	fresh INTEGER NOT NULL DEFAULT 1, -- used while the set is replaced
	PRIMARY KEY (router, menu, row_key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER event_is_only_counted_up
BEFORE UPDATE OF id, at, router, in_commit, cause, because, writes, outcome, changes, error ON event
BEGIN
	SELECT RAISE(ABORT, 'journal: an event is never changed');
END;
CREATE TRIGGER event_is_kept BEFORE DELETE ON event
WHEN OLD.id > (SELECT max(id) FROM event) - 100000
BEGIN
	SELECT RAISE(ABORT, 'journal: an event within the kept history is never deleted');
END;
