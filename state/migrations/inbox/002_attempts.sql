-- Which attempt's own URL a line of kind "attempt" arrived on; 0 for all others.
ALTER TABLE line ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0);
