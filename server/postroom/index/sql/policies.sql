-- name: keep(version, text, kept_at)!
-- A policy that is in force.
INSERT INTO policies (version, text, kept_at) VALUES (:version, :text, :kept_at)
ON CONFLICT (version) DO UPDATE SET kept_at = excluded.kept_at;

-- name: set_newest(version)!
-- It is the newest one.
INSERT INTO meta (key, value) VALUES ('policy', :version)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: newest()$
-- The text of the newest.
SELECT text FROM policies WHERE version = (SELECT value FROM meta WHERE key = 'policy');

-- name: newest_version()$
-- Its version.
SELECT value FROM meta WHERE key = 'policy';

-- name: text_of(version)$
-- The text of one.
SELECT text FROM policies WHERE version = :version;
