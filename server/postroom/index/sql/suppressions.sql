-- name: add(address, scope, cause, note, at, actor)!
-- Nothing more goes there. What a server said gives way to what a person said; else the first stays.
INSERT INTO suppressions (address, scope, cause, note, at, actor)
VALUES (:address, :scope, :cause, :note, :at, :actor)
ON CONFLICT (address, scope) DO UPDATE SET cause = excluded.cause, note = excluded.note, at = excluded.at,
  actor = excluded.actor WHERE cause = 'bounce' AND excluded.cause <> 'bounce';

-- name: remove(address, scope)!
-- It is lifted; with the scope '', each of its address.
DELETE FROM suppressions WHERE address = :address AND (scope = :scope OR :scope = '');

-- name: heal(address, scope)!
-- It is lifted where a bounce alone was why.
DELETE FROM suppressions WHERE address = :address AND scope = :scope AND cause = 'bounce';

-- name: against(addresses, tenant, mailbox)
-- What holds for these addresses and a mailbox.
SELECT * FROM suppressions WHERE address IN (SELECT value FROM json_each(:addresses))
  AND scope IN ('everywhere', :tenant, :mailbox);

-- name: some(address, scope, most)
-- In the order of their addresses, behind one of them.
SELECT * FROM suppressions WHERE (address, scope) > (:address, :scope) ORDER BY address, scope LIMIT :most;

-- name: key()$
-- What unsubscribing is signed with.
SELECT value FROM meta WHERE key = 'unsubscribe_key';

-- name: of(address)
-- Those of one address.
SELECT * FROM suppressions WHERE address = :address ORDER BY scope;

-- name: hide(address, hash)!
-- An address is kept by a hash of it alone.
UPDATE OR REPLACE suppressions SET address = :hash, note = '' WHERE address = :address;
