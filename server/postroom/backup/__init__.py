"""The post room in one file, and put back from it.

    contents.py     what is in such a file
    copying.py      a database, copied while others write to it
    making.py       the file
    restoring.py    the post room again

What a backup holds:

    postroom.db           mailboxes with their passwords, mail, outbox, journal, tokens as hashes
    mailserver.db         what the built-in server keeps
    postroom.toml, policy.toml, operator.passphrase (a hash)

It does not hold the bearer token in the home: the next `postroom serve` makes another one. Secrets
that stand elsewhere (environment, files, keyring) stay there.

The index is copied first, the built-in server's store after it. So the store knows whatever the
index knows, and more: mail that came between is read as new once the room is put back, and of a
send that was just going the store can say whether it was taken. The other way round the index would
hold mail as read whose UIDs the store would give to other mail.
"""
