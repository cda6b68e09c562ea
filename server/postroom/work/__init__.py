"""What happens over time: one process at a time does the I/O of a post room.

    seat.py         tries for the lock, and holds the workers while it has it
    pulse.py        its sign of life, for the others
    term.py         a worker's transactions: refused once another has taken over
    workers.py      all of them together: started, and stopped in order
    ways.py         how the mail of a domain comes and goes

Mail in:

    mailserver.py   the built-in server, fed from the mailboxes' rows
    doorbell.py     what it rings when mail has come       rounds.py      who answers
    watcher.py      every login elsewhere                  vigil.py       those of one way
    watch.py        one connection: what came, and where   beside.py      the folders besides INBOX
    sources.py      whose mail a login brings              attention.py   who waits just now
    looks.py        looks that are asked for: an answer goes out, a mailbox was made
    inlet.py        what Postfix hands in
    handed_in.py    what came over HTTP
    numbering.py    whether a folder's UIDs still mean what they meant
    folder_reader.py  what is new in it, or was there      places.py      a folder and its role
    expunged.py     what was taken from it
    conveyor.py     the next batch, while one is indexed   news.py        IDLE, or asking
    intake.py       mail's way into the index, a batch at a time
    signing.py      its DKIM signatures, where they are to be checked
    verifying.py    … or all that can be verified of it
    taking.py       one mail: whose it is, whether it is known, where it belongs
    turned_away.py  whether a rule of the operator's keeps it out
    rules_known.py  what was kept aside while no rule could be read, judged once they are
    turns_again.py  what waits for its turn, asked again once limits or plans change
    reports.py      a bounce: which send it tells of, and what it may say of it
    suppressing.py  whom nothing more is sent to, by what bounces and complaints say
    unsubscribing.py  … and by a mail that unsubscribes
      pace.py  tries.py  troubles.py    how soon, how often, and what is wrong meanwhile

Mail out:

    courier.py      the outbox → a server                  outcomes.py    what its answers come to
    own_signatures.py   of its domain, made as it goes
    reconciler.py   what became of a send that a dead worker had in hand
    waiting_on.py   what keeps a mail that is due          bouncing.py    how a bounce finds it
    filer.py        copies into Sent, where the server files none         sent_folder.py
    lending.py      connections for both, few              tokens.py      access tokens of accounts

    webhooks/       events, posted to the endpoints that ask for them
    domains/        domains of one's own: their keys, checks, reports, and what they may send

    provisioning.py tells servers what became of their mailboxes
    directories.py  how the tables stand that it is told by
    mail_approvals.py   asks the approver about held mail (question.py), and reads the answers, on
                    which the desk decides (deciding.py)
    caretaker.py    expiry, and the mail of mailboxes that are gone
    removals.py     mail whose time is over; correspondents who are erased
"""
