-- name: of_mailbox(mailbox_id, after, before, most)$
-- How many sends of a mailbox go between two moments.
SELECT count(*) FROM (
  SELECT 1 FROM sends WHERE mailbox_id = :mailbox_id
    AND max(created_at, not_before) > :after AND max(created_at, not_before) < :before
    AND status NOT IN ('held', 'denied', 'cancelled', 'expired') LIMIT :most
);

-- name: of_owner(owner, after, before, most)$
-- How many sends of an owner do.
SELECT count(*) FROM (
  SELECT 1 FROM sends WHERE owner = :owner
    AND max(created_at, not_before) > :after AND max(created_at, not_before) < :before
    AND status NOT IN ('held', 'denied', 'cancelled', 'expired') LIMIT :most
);

-- name: to_person(tenant, person, after, before, most)$
-- How many sends of a tenant to a person do.
SELECT count(*) FROM (
  SELECT DISTINCT goes_at, send_id FROM recipients WHERE tenant = :tenant AND person = :person
    AND goes_at > :after AND goes_at < :before LIMIT :most
);

-- name: to_domain(tenant, domain, after, before, most)$
-- How many sends of a tenant to anybody in a domain do.
SELECT count(*) FROM (
  SELECT DISTINCT goes_at, send_id FROM recipients WHERE tenant = :tenant AND domain = :domain
    AND goes_at > :after AND goes_at < :before LIMIT :most
);

-- name: first_contacts(owner, after, before, most)$
-- How many people never met before are written to by the sends of an owner that do; none met once counts for less
-- than one, so that so many sends suffice.
SELECT coalesce(sum(first_contacts), 0) FROM (
  SELECT first_contacts FROM sends WHERE owner = :owner AND first_contacts > 0
    AND max(created_at, not_before) > :after AND max(created_at, not_before) < :before
    AND status NOT IN ('held', 'denied', 'cancelled', 'expired') LIMIT :most
);

-- name: times_of_mailbox(mailbox_id, after)
-- When each later send of a mailbox goes.
SELECT max(created_at, not_before) AS at, 1 AS weight FROM sends
WHERE mailbox_id = :mailbox_id AND max(created_at, not_before) > :after
  AND status NOT IN ('held', 'denied', 'cancelled', 'expired')
ORDER BY max(created_at, not_before);

-- name: times_of_owner(owner, after)
-- When each later send of an owner does.
SELECT max(created_at, not_before) AS at, 1 AS weight FROM sends
WHERE owner = :owner AND max(created_at, not_before) > :after
  AND status NOT IN ('held', 'denied', 'cancelled', 'expired')
ORDER BY max(created_at, not_before);

-- name: times_to_person(tenant, person, after)
-- When each later send of a tenant to a person does.
SELECT DISTINCT goes_at AS at, 1 AS weight, send_id FROM recipients
WHERE tenant = :tenant AND person = :person AND goes_at > :after ORDER BY goes_at, send_id;

-- name: times_to_domain(tenant, domain, after)
-- When each later send of a tenant to anybody in a domain does.
SELECT DISTINCT goes_at AS at, 1 AS weight, send_id FROM recipients
WHERE tenant = :tenant AND domain = :domain AND goes_at > :after ORDER BY goes_at, send_id;

-- name: times_of_first_contacts(owner, after)
-- When an owner's sends to people never met before go, and to how many.
SELECT max(created_at, not_before) AS at, first_contacts AS weight FROM sends
WHERE owner = :owner AND max(created_at, not_before) > :after AND first_contacts > 0
  AND status NOT IN ('held', 'denied', 'cancelled', 'expired')
ORDER BY max(created_at, not_before);

-- name: is_ours(person)$
-- Whether a recipient is a mailbox of this post room.
SELECT 1 FROM mailboxes WHERE address = :person AND status <> 'deleted';
