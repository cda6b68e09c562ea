"""Where a new mailbox comes from: a small interface, and a file for each kind of server."""
