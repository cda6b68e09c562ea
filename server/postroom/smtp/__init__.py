"""Handing a mail to the server that sends it on.

    account.py    where to submit, and as whom
    envelope.py   what may stand on the command line; which extensions a mail needs
    dotted.py     a message as DATA carries it: CRLF, dots doubled
    replies.py    what a server said → accepted, deferred, refused, unknown
    dialogue.py   what was said in one attempt, line by line
    client.py     aiosmtplib's client, which keeps every reply in a dialogue
    session.py    one connection: greeting, login, one mail after another
    submit.py     kept connections, and the one door: SubmissionPool.submit

aiosmtplib is known to ``client.py``, ``session.py`` and ``transmission.py`` alone, and is loaded
with the first connection. What matters most here is one instant, the final dot (RFC 5321
§4.1.1.4): a connection that dies before it has sent nothing, and the mail may safely go again; one
that dies after it may have sent everything.
"""
