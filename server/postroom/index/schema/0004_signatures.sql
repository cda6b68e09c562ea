-- Derived: what stands below a message's new words and says who wrote; `postroom index rebuild` fills it for old mail.
ALTER TABLE messages ADD COLUMN signature TEXT NOT NULL DEFAULT '';
