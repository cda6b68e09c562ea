-- Primary: from when on a send would go, but for limits and plans that give it a later turn: it has that turn again
-- once they change (index/turns.py). NULL where it waits for no turn.
ALTER TABLE sends ADD COLUMN turn_from REAL;

CREATE INDEX sends_waiting_turn ON sends (id) WHERE status = 'queued' AND turn_from IS NOT NULL;
