"""The one counter everything is asked at, a file a subject.

    desk.py         all subjects side by side
    door.py         whose is what: the only place where a caller is checked
    mailboxes.py    sending.py   reading.py   waiting.py   attachments.py   tracing.py   health.py
    accounts.py                            what an operator asks about accounts
    making.py                              a mailbox asked for: checked, and one transaction
    looking.py  places.py                  one look of a wait; so many waits of an agent at a time
    created.py  advice.py                  what is said of a mailbox asked for; after a wait
    unused.py                              what is said of an account without a domain
    elsewhere.py  open_files.py            what `postroom doctor` says of servers, of open files
    worker_settings.py  inlets.py          … of a postroom.toml that changed, of mail handed in
    tables.py                              … of the tables of directories
    steps.py  senders.py                   a trace's steps in order; what is told of a sender
    read_files.py                          the texts of attachments that were read a moment ago
    unseen_quotes.py                       what a message quotes and nobody here has read
    held.py  approval.py  editing.py       what a person decides about a held send, sees and changes
    unsent.py  delivered.py  notes.py      what has not gone yet; who has a mail; a person's words
    audit.py                               whether the journal is what was written; all of it
    retention.py  correspondence.py        what goes by age; all mail with one correspondent
    outgoing.py  replies.py  outbox.py     a send: what is asked, what it answers, how it is filed
    policy_facts.py  passed_on.py          what policy may know of it
    pacing.py                              when it may go, by the limits
    policies.py  past_drafts.py  replaying.py   what an operator asks about policy
    suppressions.py  suppression_csv.py    whom nothing more is sent to
    unsubscribing.py                       how people say so of bulk mail
    quarantine.py                          what they decide about mail that was kept out
    page.py  people.py  filling.py         one page of a thread: what fits, who is who, its frame
    list_within.py                         a list of threads: what fits
    shown_addresses.py                     a stranger's address, where sentences must not stand
    recipients.py  long_links.py           to whom, said once; long links by short ids
    addresses.py cursors.py times.py budget.py views.py       what they share: words in, words out

The desk writes intents and reads facts. It opens no connection to anything: workers do the I/O.
"""
