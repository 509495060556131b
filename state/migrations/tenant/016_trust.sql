-- Facts: word (append-only). What was said by nobody who proves anything is held, and claims no receipt: whatever proves
-- that receipt books it with an amount of its own, and the word is settled.
CREATE TABLE word (
	payment INTEGER PRIMARY KEY REFERENCES payment (id),
	receipt_key TEXT NOT NULL CHECK (receipt_key <> '') -- of the payment that it says was made
) STRICT, WITHOUT ROWID;
CREATE INDEX word_by_receipt ON word (receipt_key);
-- What was held because nobody was asked yet; and hints, which were called "held-RECEIPT".
INSERT INTO word (payment, receipt_key)
	SELECT p.id, p.receipt_key FROM payment p JOIN payment_now n ON n.payment = p.id AND n.status = 'held'
	WHERE p.receipt_made = 0 AND EXISTS (SELECT 1 FROM question q WHERE q.payment = p.id AND q.kind = 'verify');
INSERT INTO word (payment, receipt_key)
	SELECT p.id, substr(p.receipt_key, 6) FROM payment p JOIN payment_now n ON n.payment = p.id AND n.status = 'held'
	WHERE p.receipt_made = 0 AND p.receipt_key LIKE 'HELD-_%' AND p.id NOT IN (SELECT payment FROM word);
CREATE TRIGGER word_is_held BEFORE INSERT ON word
WHEN NOT EXISTS (SELECT 1 FROM payment_now WHERE payment = NEW.payment AND status = 'held')
BEGIN SELECT RAISE(ABORT, 'journal: only what is held is a mere word'); END;
CREATE TRIGGER word_is_never_changed BEFORE UPDATE ON word
BEGIN SELECT RAISE(ABORT, 'journal: a word is never changed'); END;
CREATE TRIGGER word_is_never_deleted BEFORE DELETE ON word
BEGIN SELECT RAISE(ABORT, 'journal: a word is never deleted'); END;

-- A payment is never changed; but the key of a word's receipt is free for the payment that is proven.
DROP TRIGGER payment_is_never_changed;
CREATE TRIGGER payment_is_never_changed BEFORE UPDATE OF id, receipt, receipt_made, provider, channel, cents, reference,
	phone, phone_hash, at, received_at, booked_at, inbox_id ON payment
BEGIN SELECT RAISE(ABORT, 'journal: a payment is never changed'); END;
CREATE TRIGGER payment_keeps_its_receipt BEFORE UPDATE OF receipt_key ON payment
WHEN NEW.receipt_key <> OLD.receipt_key || ' (SAID ' || OLD.id || ')'
	OR NOT EXISTS (SELECT 1 FROM word w JOIN payment_now n ON n.payment = w.payment AND n.status = 'held'
		WHERE w.payment = OLD.id AND w.receipt_key = OLD.receipt_key)
BEGIN SELECT RAISE(ABORT, 'journal: only a mere word gives its receipt away'); END;
