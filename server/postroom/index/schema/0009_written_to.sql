-- Whom an owner wrote to, by what their addresses look like: no stranger can add to these, so that the oldest of
-- them are found however much of it wrote.
CREATE INDEX correspondents_written_to ON correspondents (owner, domain_skeleton, at, mail_id, address) WHERE wrote = 0;
