-- Derived, found again by the next complete look: which routers with `lease: on` would end access alone, and which not.
CREATE TABLE protection (
	router TEXT PRIMARY KEY CHECK (router <> ''),
	protects INTEGER NOT NULL CHECK (protects IN (0, 1)),
	why TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
