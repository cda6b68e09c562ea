-- Primary: what DKIM signatures came to as a mail arrived. Keys change, and cannot be asked for again later.
-- JSON, '' where nobody looked.
ALTER TABLE mail ADD COLUMN signatures TEXT NOT NULL DEFAULT '';

-- Derived: what the sender's verdict rests on, as JSON; '' where there is nothing to say.
ALTER TABLE messages ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
