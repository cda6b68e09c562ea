"""Reading mailboxes over IMAP (RFC 3501).

    account.py      where to log in, and as whom
    responses.py    bytes → whole responses, linear and bounded; no I/O
    grammar.py      responses → values; arguments → what may stand on a command line
    utf7.py         folder names on the wire
    folders.py      a folder as listed, a folder as opened, and what is new in it
    mail.py         a mail as fetched
    protocol.py     aioimaplib's protocol with a receive path that holds
    dialogue.py     one command at a time, each bounded in time; IDLE
    opening.py      connect, greeting, login
    fetching.py     mail after a UID, in batches of bounded size
    connection.py   ImapConnection: all that other rooms see

aioimaplib is known to ``protocol.py`` alone and loaded with the first connection, so that another
library, or our own, can take its place without anyone noticing.
"""
