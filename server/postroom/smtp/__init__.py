"""Handing a mail to the server that sends it on.

    account.py       where to submit, and as whom
    envelope.py      what may stand on the command line; which extensions a mail needs
    dsn.py           asking for a bounce that tells which send it is about
    dotted.py        a message as DATA carries it: CRLF, dots doubled
    replies.py       what a server said → accepted, deferred, refused, unknown
    offering.py      what is known of each recipient before the message leaves
    splitting.py     recipients that are too many for one transaction
    rewritten_ids.py the Message-ID that a provider gave a mail in the place of ours
    dialogue.py      what was said in one attempt, line by line
    sasl.py          what is said in each kind of login
    tls.py           whom we believe to be the server, and the words where we do not
    starttls.py      from a connection in the clear to TLS, watched byte by byte
    client.py        aiosmtplib's client, which keeps every reply in a dialogue
    login.py         one login, with the best mechanism offered
    opening.py       from a login to a client that is logged in
    outgoing.py      what we have written, and whether the system has taken it
    transmission.py  the end of DATA: had the final dot left, or not?
    session.py       one connection: one mail after another
    offers.py        what a server offers, asked without a mail
    submit.py        kept connections, and the one door: SubmissionPool.submit

aiosmtplib is known to ``client.py``, ``outgoing.py`` and ``transmission.py`` alone, and is loaded
with the first connection. What matters most here is one instant, the final dot (RFC 5321
§4.1.1.4): a connection that dies before it has sent nothing, and the mail may safely go again; one
that dies after it may have sent everything.
"""
