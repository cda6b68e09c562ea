-- What happened in a mailbox, in order: an agent's events among those of a whole room.
CREATE INDEX journal_by_mailbox ON journal (mailbox_id, position) WHERE mailbox_id IS NOT NULL;
