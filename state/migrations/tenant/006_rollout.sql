-- Facts: which commit a router is kept at while a roll-out has not come to it, in which wave it is moved, what came of it.
ALTER TABLE router ADD COLUMN held_commit TEXT NOT NULL DEFAULT '';
ALTER TABLE router ADD COLUMN wave INTEGER NOT NULL DEFAULT 0;
ALTER TABLE router ADD COLUMN wave_end INTEGER NOT NULL DEFAULT 0 CHECK (wave_end BETWEEN 0 AND 3);
ALTER TABLE router ADD COLUMN wave_strict INTEGER NOT NULL DEFAULT 0 CHECK (wave_strict IN (0, 1));
CREATE INDEX router_by_wave ON router (wave, wave_end);

CREATE TABLE rollout (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	to_commit TEXT NOT NULL, -- empty: none is under way
	wave INTEGER NOT NULL,
	waves INTEGER NOT NULL,
	began_at INTEGER NOT NULL,
	stopped TEXT NOT NULL -- why it goes no further; empty: it does
) STRICT;
INSERT INTO rollout VALUES (1, '', 0, 0, 0, '');
