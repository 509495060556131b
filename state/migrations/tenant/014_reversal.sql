-- Facts: when a provider was last asked, after an order to take a payment back had left, how the payment stands; when the
-- last one was asked that was answered "as before", and how many were.
ALTER TABLE question ADD COLUMN asked_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE question ADD COLUMN stood_at INTEGER NOT NULL DEFAULT 0
	CHECK (stood_at = 0 OR (stood_at > sent_at AND stood_at <= asked_at));
ALTER TABLE question ADD COLUMN stood INTEGER NOT NULL DEFAULT 0 CHECK (stood >= 0);
CREATE INDEX question_orders ON question (kind, status) WHERE kind = 'reverse';

-- Uncertainty never moves money: whoever orders again knows that the former order did nothing, or that the payment was
-- seen to stand after it had left.
CREATE TRIGGER question_is_ordered_again_on_knowledge BEFORE INSERT ON question
WHEN NEW.kind = 'reverse' AND EXISTS (SELECT 1 FROM question q WHERE q.payment = NEW.payment AND q.kind = 'reverse'
	AND (q.status IN ('open', 'yes') OR (q.status = 'unknown' AND q.stood_at <= q.sent_at)))
BEGIN
	SELECT RAISE(ABORT, 'journal: nobody knows what became of the former order');
END;
