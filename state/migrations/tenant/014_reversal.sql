-- Facts: how often and when a provider last said, after an order to take a payment back had left, that the payment stands.
ALTER TABLE question ADD COLUMN stood INTEGER NOT NULL DEFAULT 0 CHECK (stood >= 0);
ALTER TABLE question ADD COLUMN stood_at INTEGER NOT NULL DEFAULT 0 CHECK (stood_at = 0 OR stood_at > sent_at);
CREATE INDEX question_orders ON question (kind, status) WHERE kind = 'reverse';

-- Uncertainty never moves money: whoever orders again knows that the former order did nothing, or that the payment was
-- seen to stand after it had left.
CREATE TRIGGER question_is_ordered_again_on_knowledge BEFORE INSERT ON question
WHEN NEW.kind = 'reverse' AND EXISTS (SELECT 1 FROM question q WHERE q.payment = NEW.payment AND q.kind = 'reverse'
	AND (q.status IN ('open', 'yes') OR (q.status = 'unknown' AND q.stood_at <= q.sent_at)))
BEGIN
	SELECT RAISE(ABORT, 'journal: nobody knows what became of the former order');
END;
