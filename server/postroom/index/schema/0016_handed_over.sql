-- From here on it is written down for whom a message is about to leave, before it does. Of those that are on their way now
-- it was not: they may have left.
UPDATE recipients SET outcome = 'unknown'
WHERE outcome = '' AND send_id IN (SELECT id FROM sends WHERE status IN ('submitting', 'unknown'));
