-- name: owner(tenant, agent)$
-- The row of an agent, if it owns or owned anything.
SELECT id FROM owners WHERE tenant = :tenant AND agent = :agent;

-- name: add_owner(tenant, agent)<!
-- A new agent.
INSERT INTO owners (tenant, agent) VALUES (:tenant, :agent);

-- name: by_address(address)^
-- One mailbox, whatever its state.
SELECT m.*, o.agent, o.tenant FROM mailboxes m JOIN owners o ON o.id = m.owner WHERE m.address = :address;

-- name: by_id(id)^
-- One mailbox, whatever its state.
SELECT m.*, o.agent, o.tenant FROM mailboxes m JOIN owners o ON o.id = m.owner WHERE m.id = :id;

-- name: newest()$
-- The mailbox that was made last.
SELECT coalesce(max(id), 0) FROM mailboxes;

-- name: of_owner(owner)
-- An agent's mailboxes, by address.
SELECT m.*, o.agent, o.tenant FROM mailboxes m JOIN owners o ON o.id = m.owner
WHERE m.owner = :owner AND m.status <> 'deleted' ORDER BY m.address;

-- name: all()
-- Every mailbox, by address.
SELECT m.*, o.agent, o.tenant FROM mailboxes m JOIN owners o ON o.id = m.owner
WHERE m.status <> 'deleted' ORDER BY m.address;

-- name: some(address, most)
-- The next mailboxes behind an address.
SELECT m.*, o.agent, o.tenant FROM mailboxes m JOIN owners o ON o.id = m.owner
WHERE m.status <> 'deleted' AND m.address > :address ORDER BY m.address LIMIT :most;

-- name: some_of_owner(owner, address, most)
-- The next of an agent's.
SELECT m.*, o.agent, o.tenant FROM mailboxes m JOIN owners o ON o.id = m.owner
WHERE m.owner = :owner AND m.status <> 'deleted' AND m.address > :address ORDER BY m.address LIMIT :most;

-- name: watched()
-- What the watcher looks after: live mailboxes, and expired ones until their mail is purged.
SELECT m.*, o.agent, o.tenant FROM mailboxes m JOIN owners o ON o.id = m.owner
WHERE m.status = 'live' OR (m.status = 'expired' AND m.purged_at IS NULL);

-- name: add(address, display_name, owner, status, password, created_at, expires_at, served)<!
-- A new mailbox.
INSERT INTO mailboxes (address, display_name, owner, status, password, created_at, expires_at, served)
VALUES (:address, :display_name, :owner, :status, :password, :created_at, :expires_at, :served);

-- name: to_serve()
-- Mailboxes whose server has to be told what became of them, oldest first.
SELECT m.*, o.agent, o.tenant FROM mailboxes m INDEXED BY mailboxes_to_serve JOIN owners o ON o.id = m.owner
WHERE m.served IS NOT NULL AND m.served <> replace(m.status, 'provisioning', 'live') ORDER BY m.id;

-- name: served(id, served, status)!
-- Its server knows.
UPDATE mailboxes SET served = :served, status = :status WHERE id = :id;

-- name: revive(id, status, display_name, password, created_at, expires_at)!
-- An expired or deleted address is its old owner's again. Where it has a server, that is told anew:
-- it may not have heard yet that the mailbox had ended, and knows the old password.
UPDATE mailboxes SET status = :status, display_name = :display_name, password = :password,
  created_at = :created_at, expires_at = :expires_at, problem = '', purged_at = NULL,
  served = iif(:status = 'provisioning', '', served) WHERE id = :id;

-- name: set_status(id, status)!
-- Moves it on in its life.
UPDATE mailboxes SET status = :status WHERE id = :id;

-- name: set_problem(id, problem)!
-- What the watcher has against it.
UPDATE mailboxes SET problem = :problem WHERE id = :id;

-- name: overdue(now)
-- Live mailboxes whose time is over.
SELECT id FROM mailboxes WHERE expires_at IS NOT NULL AND status = 'live' AND expires_at <= :now;

-- name: next_expiry()$
-- When the time of the next live mailbox is over.
SELECT min(expires_at) FROM mailboxes WHERE expires_at IS NOT NULL AND status = 'live';

-- name: to_purge(before)
-- Mailboxes whose mail goes: deleted ones, and expired ones when their retention is over.
SELECT id, address FROM mailboxes
WHERE purged_at IS NULL AND (status = 'deleted' OR (status = 'expired' AND expires_at < :before));

-- name: purged(id, at)!
-- Its mail is gone.
UPDATE mailboxes SET purged_at = :at WHERE id = :id AND status IN ('deleted', 'expired');

-- name: is_being_removed(id, before)$
-- Whether its mail has to go and has not gone yet.
SELECT 1 FROM mailboxes WHERE id = :id AND purged_at IS NULL
  AND (status = 'deleted' OR (status IN ('live', 'expired') AND expires_at < :before));

-- name: keeps_mail(id)$
-- Whether its mail is kept.
SELECT 1 FROM mailboxes WHERE id = :id AND status <> 'deleted' AND purged_at IS NULL;

-- name: awaiting_us(mailbox_id)$
-- How many threads of a mailbox await an answer of ours.
SELECT count(*) FROM conversations WHERE mailbox_id = :mailbox_id AND awaiting = 'us';
