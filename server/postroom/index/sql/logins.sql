-- name: add(name, since)!
-- A login that is read from now on; nothing where it is read already.
INSERT INTO logins (name, since) VALUES (:name, :since)
ON CONFLICT DO UPDATE SET since = excluded.since WHERE logins.since < 0;

-- name: since(name)$
-- Since when a login is read.
SELECT since FROM logins WHERE name = :name;

-- name: state(name)^
-- How a login stands.
SELECT * FROM logins WHERE name = :name;

-- name: set_state(name, state, at, detail)!
-- How it stands from now on. Of a login that was never read, nobody knows yet since when it is: -1.
INSERT INTO logins (name, since, state, state_at, detail) VALUES (:name, -1, :state, :at, :detail)
ON CONFLICT DO UPDATE SET state = excluded.state, state_at = excluded.state_at, detail = excluded.detail;

-- name: begin_anew()!
-- Forget the inlets and the tables of directories: their names have a space in them.
DELETE FROM logins WHERE name LIKE 'lmtp %' OR name LIKE 'table %';

-- name: every()
-- All logins, by name.
SELECT * FROM logins ORDER BY name;

-- name: begin_wait(id, mailbox_id, until)!
-- Somebody waits on a mailbox, until then at the longest.
INSERT INTO waits (id, mailbox_id, until) VALUES (:id, :mailbox_id, :until);

-- name: end_wait(id)!
-- And no longer.
DELETE FROM waits WHERE id = :id;

-- name: sweep_waits(now)!
-- Waits of processes that died.
DELETE FROM waits WHERE until < :now;

-- name: waits()
-- Every mailbox that is waited on.
SELECT w.mailbox_id, b.address, max(w.until) AS until FROM waits w JOIN mailboxes b ON b.id = w.mailbox_id
GROUP BY w.mailbox_id;
