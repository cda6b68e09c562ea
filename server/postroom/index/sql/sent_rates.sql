-- name: mailbox_since(mailbox_id, since, most)$
-- How many sends of a mailbox are later.
SELECT count(*) FROM (
  SELECT 1 FROM sends WHERE mailbox_id = :mailbox_id AND max(created_at, not_before) > :since
    AND status NOT IN ('held', 'denied', 'cancelled', 'expired') LIMIT :most
);

-- name: owner_since(owner, since, most)$
-- How many sends of an owner are later.
SELECT count(*) FROM (
  SELECT 1 FROM sends WHERE owner = :owner AND max(created_at, not_before) > :since
    AND status NOT IN ('held', 'denied', 'cancelled', 'expired') LIMIT :most
);

-- name: of_mailbox(mailbox_id, since, skip)$
-- When one of a mailbox's newest sends went.
SELECT max(created_at, not_before) FROM sends
WHERE mailbox_id = :mailbox_id AND max(created_at, not_before) > :since
  AND status NOT IN ('held', 'denied', 'cancelled', 'expired')
ORDER BY max(created_at, not_before) DESC LIMIT 1 OFFSET :skip;

-- name: of_owner(owner, since, skip)$
-- When one of an owner's newest sends went.
SELECT max(created_at, not_before) FROM sends
WHERE owner = :owner AND max(created_at, not_before) > :since
  AND status NOT IN ('held', 'denied', 'cancelled', 'expired')
ORDER BY max(created_at, not_before) DESC LIMIT 1 OFFSET :skip;

-- name: nth_to_address(tenant, address, skip)$
-- When one of a tenant's newest sends to an address went: found by the index alone, which is asked first.
SELECT max(created_at, not_before) FROM sends WHERE id = (
  SELECT r.send_id FROM recipients r WHERE r.tenant = :tenant AND lower(r.address) = :address
  ORDER BY r.send_id DESC LIMIT 1 OFFSET :skip
);

-- name: nth_to_domain(tenant, domain, skip)$
-- The same of the newest recipients in a domain: no fewer than the sends to them.
SELECT max(created_at, not_before) FROM sends WHERE id = (
  SELECT r.send_id FROM recipients r WHERE r.tenant = :tenant AND lower(substr(r.address, instr(r.address, '@') + 1)) = :domain
  ORDER BY r.send_id DESC LIMIT 1 OFFSET :skip
);

-- name: to_address(tenant, address, most)^
-- How many of a tenant's newest sends to an address there are, and when the oldest of them went.
SELECT count(*) AS count, min(at) AS oldest FROM (
  SELECT max(s.created_at, s.not_before) AS at FROM recipients r JOIN sends s ON s.id = r.send_id
  WHERE r.tenant = :tenant AND lower(r.address) = :address AND s.status NOT IN ('held', 'denied', 'cancelled', 'expired')
  ORDER BY r.send_id DESC LIMIT :most
);

-- name: to_domain(tenant, domain, most)^
-- The same of sends to anybody in a domain.
SELECT count(*) AS count, min(at) AS oldest FROM (
  SELECT max(s.created_at, s.not_before) AS at FROM recipients r JOIN sends s ON s.id = r.send_id
  WHERE r.tenant = :tenant AND lower(substr(r.address, instr(r.address, '@') + 1)) = :domain
    AND s.status NOT IN ('held', 'denied', 'cancelled', 'expired')
  GROUP BY r.send_id ORDER BY r.send_id DESC LIMIT :most
);

-- name: first_contacts(owner, since)
-- An owner's sends to people never met before.
SELECT max(created_at, not_before) AS at, first_contacts FROM sends
WHERE owner = :owner AND max(created_at, not_before) > :since AND first_contacts > 0
  AND status NOT IN ('held', 'denied', 'cancelled', 'expired')
ORDER BY max(created_at, not_before) DESC;
