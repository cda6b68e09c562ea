-- Primary: what reports (bounces, complaints) said of sends of ours.

-- The send that a report tells of, by its public id; '' where it is none, or of nothing of ours.
ALTER TABLE mail ADD COLUMN about_send TEXT NOT NULL DEFAULT '';

-- What a report said of a recipient, beside what the server answered (outcome, code, reply): a report is
-- anybody's word, and nothing that goes out is decided by it.
ALTER TABLE recipients ADD COLUMN reported TEXT NOT NULL DEFAULT '';
ALTER TABLE recipients ADD COLUMN reported_status TEXT NOT NULL DEFAULT '';
ALTER TABLE recipients ADD COLUMN reported_dead INTEGER NOT NULL DEFAULT 0;
ALTER TABLE recipients ADD COLUMN reported_by INTEGER REFERENCES mail (id);

-- A mailbox's newest sends, where a report names an address and nothing else.
CREATE INDEX sends_by_mailbox ON sends (mailbox_id, id);

-- Derived: whom a report tells of, a JSON array, and the send above.
ALTER TABLE messages ADD COLUMN reported TEXT NOT NULL DEFAULT '[]';
ALTER TABLE messages ADD COLUMN about_send TEXT NOT NULL DEFAULT '';
