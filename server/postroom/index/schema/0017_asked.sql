-- Whose held mail was asked about: so many of one agent at a time (index/asked.py).
CREATE INDEX sends_asked ON sends (actor) WHERE status = 'held' AND asked_at IS NOT NULL;
