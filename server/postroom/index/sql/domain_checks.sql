-- name: one(domain)^
-- When a domain was checked last, and asked for.
SELECT * FROM domain_checks WHERE domain = :domain;

-- name: every()
-- The same of every domain.
SELECT d.name AS domain, coalesce(c.asked_at, 0) AS asked_at, coalesce(c.checked_at, 0) AS checked_at,
  coalesce(c.facts, '') AS facts
FROM own_domains d LEFT JOIN domain_checks c ON c.domain = d.name ORDER BY d.name;

-- name: ask(domain, now)!
-- Somebody wants a check.
INSERT INTO domain_checks (domain, asked_at) VALUES (:domain, :now)
ON CONFLICT (domain) DO UPDATE SET asked_at = excluded.asked_at;

-- name: checked(domain, now, facts, asked)!
-- One has ended.
INSERT INTO domain_checks (domain, checked_at, facts, asked) VALUES (:domain, :now, :facts, :asked)
ON CONFLICT (domain) DO UPDATE SET checked_at = excluded.checked_at, facts = excluded.facts, asked = excluded.asked;

-- name: findings(domain)
-- What was found of a domain, in the order of the report.
SELECT * FROM domain_findings WHERE domain = :domain ORDER BY place;

-- name: forget(domain)!
-- Before what is found now takes its place.
DELETE FROM domain_findings WHERE domain = :domain;

-- name: keep(domain, place, subject, what, state, since, failures, failing_since, was_right, broken, found)!
-- One finding.
INSERT INTO domain_findings (domain, place, subject, what, state, since, failures, failing_since, was_right, broken, found)
VALUES (:domain, :place, :subject, :what, :state, :since, :failures, :failing_since, :was_right, :broken, :found);

-- name: forget_lost()!
-- What was found of domains that are no more.
DELETE FROM domain_findings WHERE domain NOT IN (SELECT name FROM own_domains);

-- name: forget_lost_checks()!
-- The same of when they were checked.
DELETE FROM domain_checks WHERE domain NOT IN (SELECT name FROM own_domains);

-- name: states()
-- How many findings of each domain are in which state.
SELECT d.name AS domain, f.state, count(*) AS many FROM own_domains d JOIN domain_findings f ON f.domain = d.name
GROUP BY d.name, f.state ORDER BY d.name, f.state;

-- name: broken()
-- What was told to be broken, and is.
SELECT f.* FROM own_domains d JOIN domain_findings f ON f.domain = d.name WHERE f.broken ORDER BY f.domain, f.place;
