-- name: is_there()$
-- Whether a new table is there.
SELECT 1 FROM sqlite_master WHERE name = 'search_anew';

-- name: is_ours(word)$
-- Whether it is this rebuild's.
SELECT 1 FROM meta WHERE key = 'rebuild' AND value = :word;

-- name: messages(after, most)
-- Messages in order of arrival.
SELECT * FROM messages WHERE mail_id > :after ORDER BY mail_id LIMIT :most;

-- name: add(rowid, box, subject, people, words)!
-- Makes a mail findable there.
INSERT INTO search_anew (rowid, box, subject, people, words)
VALUES (:rowid, :box, :subject, :people, :words);

-- name: holds(rowid)$
-- Whether a mail has been made findable there.
SELECT 1 FROM search_anew WHERE rowid = :rowid;

-- name: remove(rowid, box, subject, people, words)!
-- Takes it out again.
INSERT INTO search_anew (search_anew, rowid, box, subject, people, words)
VALUES ('delete', :rowid, :box, :subject, :people, :words);

-- name: replaced()$
-- A table that another has replaced.
SELECT name FROM sqlite_master WHERE name LIKE 'search\_old\_%' ESCAPE '\' AND sql LIKE 'CREATE VIRTUAL%' LIMIT 1;
