-- Facts: whose loss on a router a person has allowed, until it is made or he has access again.
CREATE TABLE leave (
	router TEXT NOT NULL,
	subscriber TEXT NOT NULL CHECK (subscriber <> ''),
	PRIMARY KEY (router, subscriber)
) STRICT, WITHOUT ROWID;
