"""Where a mail server of the operator's own hands mail in, by LMTP (RFC 2033).

    Postfix ── session ── policy ──┬── known(address)         asked at RCPT
                                   └── deliver(envelope, raw) asked at the end of DATA

    envelope.py   what is handed in, the verdicts, and one recipient's copy of a mail
    forwarding.py what Postfix says of whoever handed the mail to it (XFORWARD)
    paths.py      the addresses of MAIL and RCPT, read without refusing what other servers take
    policy.py     what is said to senders, recipients and the mail
    session.py    one connection: aiosmtpd's protocol, with a reply for each recipient
    listening.py  a loopback port, or a socket in the file system
    inlet.py      LmtpInlet, the door: start and stop

LMTP differs from SMTP in one thing that matters: after the end of DATA there is a reply for each
recipient, so that one mailbox that is gone bounces for one and the others have their mail. A 250
means that the mail is committed. Whoever was told anything else, or nothing, still has it.
"""
