-- name: known(domain, kind, sender_domain, org, report_id)^
-- The same report, where it came before.
SELECT id, verdict FROM domain_reports WHERE domain = :domain AND kind = :kind
  AND sender_domain = :sender_domain AND org = :org AND report_id = :report_id;

-- name: came(domain, organisation, verdict, since)^
-- How much came about a domain since then: of a verdict, of one organisation where it is named, and all rows.
SELECT coalesce(sum(alike), 0) AS reports, coalesce(sum(alike AND fault <> ''), 0) AS faults,
  coalesce(sum(iif(alike, kept_rows, 0)), 0) AS its_rows, coalesce(sum(kept_rows), 0) AS all_rows
FROM (SELECT kept_rows, fault, verdict = :verdict AND (:organisation = '' OR sender_domain = :organisation
    OR substr(sender_domain, -length(:organisation) - 1) = '.' || :organisation) AS alike
  FROM domain_reports INDEXED BY domain_reports_by_arrival WHERE received_at > :since AND domain = :domain);

-- name: reported_before(domain, organisation, before)$
-- Whether an organisation that is verified reported about a domain before then.
SELECT 1 FROM domain_reports WHERE domain = :domain AND verdict = 'verified' AND fault = '' AND received_at < :before
  AND (sender_domain = :organisation OR substr(sender_domain, -length(:organisation) - 1) = '.' || :organisation)
LIMIT 1;

-- name: drop(id)!
-- It goes with all its rows.
DELETE FROM domain_reports WHERE id = :id;

-- name: add(domain, kind, sender, sender_domain, verdict, org, report_id, policy, begins_at, ends_at, received_at, message, total, kept_rows, fault)<!
-- A report.
INSERT INTO domain_reports (domain, kind, sender, sender_domain, verdict, org, report_id, policy, begins_at, ends_at,
  received_at, message, total, kept_rows, fault)
VALUES (:domain, :kind, :sender, :sender_domain, :verdict, :org, :report_id, :policy, :begins_at, :ends_at,
  :received_at, :message, :total, :kept_rows, :fault);

-- name: older(before)$
-- The oldest report, where it came before then.
SELECT id FROM domain_reports WHERE received_at < :before ORDER BY received_at LIMIT 1;

-- name: read_up_to(mailbox_id)$
-- How far a mailbox's reports were read.
SELECT read_up_to FROM report_mailboxes WHERE mailbox_id = :mailbox_id;

-- name: set_read_up_to(mailbox_id, position)!
-- Reads on behind that.
INSERT OR REPLACE INTO report_mailboxes (mailbox_id, read_up_to) VALUES (:mailbox_id, :position);

-- name: reporters(domain, since, most)
-- Who reported about a domain, and what of it counts.
SELECT sender_domain, kind, verdict, max(org) AS org, count(*) AS reports, sum(fault <> '') AS unreadable,
  sum(total) AS total, max(received_at) AS last_at
FROM domain_reports WHERE domain = :domain AND begins_at >= :since
GROUP BY sender_domain, kind, verdict ORDER BY total DESC, reports DESC, sender_domain LIMIT :most;

-- name: unreadable(domain, since, most)
-- What could not be read, newest first.
SELECT sender, kind, verdict, received_at, message, fault FROM domain_reports
WHERE domain = :domain AND begins_at >= :since AND fault <> '' ORDER BY received_at DESC LIMIT :most;

-- name: sources(domain, since, most)
-- Who sends in a domain's name: by address, what whoever is verified tells, and beside it what others do.
SELECT r.source,
  sum(iif(d.verdict = 'verified', r.messages, 0)) AS messages,
  sum(iif(d.verdict = 'verified' AND (r.dkim_aligned OR r.spf_aligned), r.messages, 0)) AS passed,
  sum(iif(d.verdict = 'verified' AND r.dkim_aligned, r.messages, 0)) AS dkim,
  sum(iif(d.verdict = 'verified' AND r.spf_aligned, r.messages, 0)) AS spf,
  sum(iif(d.verdict = 'verified' AND r.disposition = 'quarantine', r.messages, 0)) AS quarantined,
  sum(iif(d.verdict = 'verified' AND r.disposition = 'reject', r.messages, 0)) AS rejected,
  sum(iif(d.verdict = 'unverified', r.messages, 0)) AS unverified
FROM domain_reports d INDEXED BY domain_reports_by_period JOIN domain_report_rows r ON r.report = d.id
WHERE d.domain = :domain AND d.kind = 'dmarc' AND d.begins_at >= :since
GROUP BY r.source ORDER BY messages DESC, unverified DESC, r.source LIMIT :most;

-- name: failing(domain, since, most)
-- What fails DMARC, by what servers say of it.
SELECT r.source, r.header_from, r.dkim_result, r.dkim_domain, r.dkim_selector, r.spf_result, r.spf_domain,
  sum(r.messages) AS messages
FROM domain_reports d INDEXED BY domain_reports_by_period JOIN domain_report_rows r ON r.report = d.id
WHERE d.domain = :domain AND d.kind = 'dmarc' AND d.begins_at >= :since AND d.verdict = 'verified'
  AND NOT r.dkim_aligned AND NOT r.spf_aligned
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY messages DESC, r.source LIMIT :most;

-- name: days(domain, since)
-- Mail by the day on which reports of it begin, as whoever is verified tells.
SELECT CAST(d.begins_at / 86400 AS INTEGER) AS day,
  sum(iif(r.dkim_aligned OR r.spf_aligned, r.messages, 0)) AS passed,
  sum(iif(r.dkim_aligned OR r.spf_aligned, 0, r.messages)) AS failed
FROM domain_reports d INDEXED BY domain_reports_by_period JOIN domain_report_rows r ON r.report = d.id
WHERE d.domain = :domain AND d.kind = 'dmarc' AND d.begins_at >= :since AND d.verdict = 'verified'
GROUP BY day ORDER BY day;

-- name: tls_policies(domain, since)
-- Connections by policy, as whoever is verified tells.
SELECT p.type, sum(p.successes) AS successes, sum(p.failures) AS failures
FROM domain_reports d INDEXED BY domain_reports_by_period JOIN domain_tls_policies p ON p.report = d.id
WHERE d.domain = :domain AND d.kind = 'tls' AND d.begins_at >= :since AND d.verdict = 'verified'
GROUP BY p.type ORDER BY failures DESC, p.type;

-- name: tls_failures(domain, since, most)
-- Which TLS failed, and where.
SELECT f.result, f.receiving_mx, f.receiving_ip, sum(f.sessions) AS sessions
FROM domain_reports d INDEXED BY domain_reports_by_period JOIN domain_tls_failures f ON f.report = d.id
WHERE d.domain = :domain AND d.kind = 'tls' AND d.begins_at >= :since AND d.verdict = 'verified'
GROUP BY f.result, f.receiving_mx, f.receiving_ip ORDER BY sessions DESC, f.result LIMIT :most;
