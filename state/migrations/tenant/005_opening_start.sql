-- When the service that an opening brings begins: at once, or on the subscriber's declared first day. 0: booked before
-- this was stored, and then it began with the booking.
ALTER TABLE opening ADD COLUMN service_from_at INTEGER NOT NULL DEFAULT 0 CHECK (service_from_at >= 0);
