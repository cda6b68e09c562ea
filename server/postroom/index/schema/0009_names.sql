-- Derived: what a correspondent's name looks like, '' where there is none: a stranger may take it.
ALTER TABLE correspondents ADD COLUMN name_skeleton TEXT NOT NULL DEFAULT '';

CREATE INDEX correspondents_by_name ON correspondents (owner, name_skeleton, at, mail_id, address)
WHERE name_skeleton <> '';
