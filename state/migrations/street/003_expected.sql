-- How the street answers a validation on this channel.
ALTER TABLE channel ADD COLUMN shortcode TEXT NOT NULL DEFAULT '';
ALTER TABLE channel ADD COLUMN refuses INTEGER NOT NULL DEFAULT 0 CHECK (refuses IN (0, 1));

-- Derived: whose payments are expected, where a channel refuses others. No name and no number stands here: a key is a few
-- bits of a salted digest, so few that most phone numbers which fit one are nobody's.
CREATE TABLE expected (
	key INTEGER PRIMARY KEY CHECK (key >= 0),
	cents INTEGER NOT NULL CHECK (cents >= 0), -- the least that is expected; 0: anything
	shared INTEGER NOT NULL CHECK (shared IN (0, 1)) -- by several people, or by chance: never refused for its amount
) STRICT;

CREATE TABLE expecting (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	salt BLOB NOT NULL CHECK (length(salt) = 32),
	country TEXT NOT NULL,
	by_payer INTEGER NOT NULL CHECK (by_payer IN (0, 1)), -- a payer's phone counts as well as what he typed
	fresh_at INTEGER NOT NULL -- when the controller last said that all of it is right; 0: nobody is expected
) STRICT;
