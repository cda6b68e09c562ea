-- Primary: what makes the journal an audit trail, and how much of a mail is still kept.

-- A hash over the row and the hash before it (chain.py). Rows of before are chained by the migration.
ALTER TABLE journal ADD COLUMN chain BLOB;
