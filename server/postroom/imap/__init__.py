"""Reading mailboxes over IMAP (RFC 3501), on any server.

    account.py        where to log in, and as whom
    connection.py     ImapConnection: all that other rooms see of a mailbox
    pool.py           ConnectionPool: connections for short tasks, within what providers allow
    special.py        which folder is the one for sent mail, or for junk

How a connection comes about:

    opening.py        connect, greeting, and the steps below in their order
    security.py       TLS from the first byte, or STARTTLS
    capabilities.py   what the server can do; who we say we are
    login.py          PLAIN, LOGIN, OAUTHBEARER, XOAUTH2

What is asked then, a file a subject, functions over one dialogue:

    listing.py        folders, and their names on the wire
    selecting.py      opening one
    searching.py      which UIDs there are
    changes.py        which of them are gone
    fetching.py       mail upwards or downwards, in batches of bounded size
    waiting.py        IDLE
    filing.py         APPEND, CREATE
    removing.py       our own messages taken away again, and a folder nothing is left in

What all that stands on:

    dialogue.py       one command at a time, each bounded in time
    news.py           what the server tells without being asked
    protocol.py       aioimaplib's protocol with a receive path that holds
    responses.py      bytes → whole responses, linear and bounded; no I/O
    grammar.py        responses → values; arguments → what may stand on a command line
    uids.py           sets of UIDs, as runs
    utf7.py           folder names on the wire
    folders.py        a folder as listed, a folder as opened
    mail.py           a mail as fetched

A server may offer what it then does not understand. What it answers with BAD is disowned: not
asked for again on that connection, and done without.

aioimaplib is known to ``protocol.py`` alone and loaded with the first connection, so that another
library, or our own, can take its place without anyone noticing.
"""
