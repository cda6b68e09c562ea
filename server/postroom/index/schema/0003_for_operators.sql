-- Primary: what an operator is shown.

-- A stranger's words, cleaned and cut, so that a person knows which mail it is. They go with their row,
-- and the row goes with the mail. arrived_at is its server's word (INTERNALDATE), NULL where there is none.
ALTER TABLE strays ADD COLUMN from_name TEXT NOT NULL DEFAULT '';
ALTER TABLE strays ADD COLUMN from_address TEXT NOT NULL DEFAULT '';
ALTER TABLE strays ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE strays ADD COLUMN arrived_at REAL;
-- A digest of its Message-ID, NULL where it has none: whether its UID is still this mail.
ALTER TABLE strays ADD COLUMN mark BLOB;

CREATE INDEX strays_by_arrival ON strays (coalesce(arrived_at, seen_at) DESC);

-- What waits for a person, or may.
CREATE INDEX sends_for_a_person ON sends (id) WHERE status IN ('held', 'unknown');

-- What postroom.toml said as the worker began, as a digest; '' where it is not known. And its domains, a
-- JSON array.
ALTER TABLE worker ADD COLUMN settings TEXT NOT NULL DEFAULT '';
ALTER TABLE worker ADD COLUMN domains TEXT NOT NULL DEFAULT '[]';
