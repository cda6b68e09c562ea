"""The one source of truth, in one SQLite file.

    database.py     a connection as we need it; which schema version it holds
    migrations.py   the schema, numbered
    index.py        read(fn), write(fn), changes(): the only way in
    writer.py       the one thread that writes         readers.py   the threads that read
    jobs.py         how both are asked, and answer
    bell.py         how the other processes hear of a commit
    queries.py      the named SQL in sql/*.sql

    mailboxes.py  threads.py  mail.py  sends.py  journal.py  reading.py  search.py  folders.py
                    a subject each: plain functions over a connection, no I/O but SQL
    logins.py       logins elsewhere, and who waits    ids.py         ids that are handed out
    reports.py      what bounces and complaints say of sends
    carrying.py     sends as workers carry them: due, in hand, answered, in doubt
    asked.py        what the approver was asked by mail
    held.py         sends that wait for a person       listed.py      lists as a row keeps them
    correspondents.py   whom an owner knows, and who can be taken for them
    acquaintance.py     what is known of an address that a draft is for
    met.py              which addresses stood in mail that came in
    sent_rates.py   when sends went out, counted       policies.py     every policy ever in force
    reputation.py   what went outside, by domain: plans, what came back, and what is paused
    turns.py        when queued mail goes by limits and plans, and sooner once these change
    replaying.py    the outbox walked from a time on   quarantine.py   mail kept from its mailbox
                                                       letting_in.py  … until it goes there
    chain.py        the journal's rows, each with a hash over itself and the hash before
    seals.py        what was decided about a send, as the journal keeps it
    events.py       what is told of the journal, and to whom      event_views.py    … row by row
    suppressions.py     whom nothing more is sent to      unsubscribing.py   … as they said so
    webhooks.py         where events are posted to, and how far each was told
    tokens.py           who comes in by the network, by hashes of what they show
    domains.py          domains of one's own           domain_keys.py     … the states of their keys
    domain_reports.py   what others report about those    report_mailboxes.py   where that comes
    bounce_addresses.py envelope senders that name their send
    domain_checks.py    what the checks of them found, and what of it is news
    keys.py             what was made with an idempotency key, besides sends
    metrics.py      how much there is, and how often something happened
    restoring.py    put back from a backup, as another history
    histories.py    what the events of each history are called
    figures.py      how much came in and went out, and how fast
    handed_in.py        mail handed in over HTTP, until it is indexed
    thread_state.py     labels and metadata, kept with a conversation
    uploads.py          files brought before the mail they go out with, kept for a day
    purge.py        the mail of mailboxes that are gone
    retention.py    mail whose time is over            correspondence.py  all mail with somebody
    removal.py      how a mail goes, part by part      cleaning.py    … and every byte of it
    hanging.py      mail that repeats another one, and goes with it
    scripts.py      scripts written without spaces, made findable

    rebuild.py      makes everything that is derived anew, in short steps (paced.py): threads
                    (thread_sets.py says what they should be, rethread.py makes them so), search
                    (search_anew.py)

Primary (a rebuild never touches it): mailboxes, mail and its raw bytes, copies, thread ids and
their aliases, sends, uploads, labels and metadata, journal, acknowledgements. Derived: messages,
mentions, conversations, met, search.
"""
