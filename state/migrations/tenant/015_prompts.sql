-- A callback on the channel's URL names the prompt that it pays.
CREATE INDEX attempt_by_name ON attempt (provider_ref, channel) WHERE provider_ref <> '';
