-- The held line that stands for a refused callback; unknown: it is never settled by what the callbacks turn out to be.
ALTER TABLE refused ADD COLUMN payment INTEGER REFERENCES payment (id);
CREATE INDEX refused_by_payment ON refused (payment) WHERE payment IS NOT NULL;
