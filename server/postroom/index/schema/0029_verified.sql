-- Primary: what was verified of a mail as it arrived, beside its signatures (Checks, JSON; '' where nothing was). The DNS says other
-- things tomorrow, and a rebuild asks nobody.
ALTER TABLE mail ADD COLUMN checks TEXT NOT NULL DEFAULT '';

-- Who handed a mail to the server that took it from the internet, as whoever hands it in over HTTP says; '' where that is not said.
ALTER TABLE handed_in ADD COLUMN client TEXT NOT NULL DEFAULT '';
ALTER TABLE handed_in ADD COLUMN helo TEXT NOT NULL DEFAULT '';
ALTER TABLE handed_in ADD COLUMN sender TEXT NOT NULL DEFAULT '';
