"""One file a command. Each imports what it needs when it is called: a start must be fast."""
