-- name: state(thread_id)^
-- What is kept with a conversation besides its labels.
SELECT * FROM thread_states WHERE thread_id = :thread_id;

-- name: labels(thread_id)
-- Its labels.
SELECT label FROM thread_labels WHERE thread_id = :thread_id ORDER BY label;

-- name: labels_of(threads)
-- The labels of each of some conversations (a JSON array of row ids).
SELECT l.thread_id, l.label FROM json_each(:threads) w JOIN thread_labels l ON l.thread_id = w.value
ORDER BY l.thread_id, l.label;

-- name: has_label(thread_id, label)^
-- Whether it has one.
SELECT 1 FROM thread_labels WHERE thread_id = :thread_id AND label = :label;

-- name: put(thread_id, metadata, version, changed_at)!
-- Writes it.
INSERT INTO thread_states (thread_id, metadata, version, changed_at)
VALUES (:thread_id, :metadata, :version, :changed_at)
ON CONFLICT (thread_id) DO UPDATE SET metadata = excluded.metadata, version = excluded.version,
  changed_at = excluded.changed_at;

-- name: add_label(thread_id, label)!
-- It has a label more.
INSERT INTO thread_labels (thread_id, owner, label)
SELECT t.id, b.owner, :label FROM threads t JOIN mailboxes b ON b.id = t.mailbox_id WHERE t.id = :thread_id;

-- name: drop(thread_id)!
-- All of it goes.
DELETE FROM thread_states WHERE thread_id = :thread_id;

-- name: drop_labels(thread_id)!
-- Its labels go.
DELETE FROM thread_labels WHERE thread_id = :thread_id;

-- name: has_words(thread_id, removed)^
-- Whether any message of it has its words yet; those that have not say that they were removed.
SELECT 1 FROM messages WHERE thread_id = :thread_id AND instr(defects, :removed) = 0 LIMIT 1;
