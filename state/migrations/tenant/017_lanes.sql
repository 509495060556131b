-- Hints are asked about channel by channel. Empty: of before; its line in the inbox says which.
ALTER TABLE hint ADD COLUMN channel TEXT NOT NULL DEFAULT '';
CREATE INDEX hint_by_channel ON hint (channel, next_at);
