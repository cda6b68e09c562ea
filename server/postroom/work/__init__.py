"""What happens over time: one process at a time does the I/O of a post room.

seat.py       tries for the lock, and holds the workers while it has it
pulse.py      its sign of life, for the others
term.py       a worker's transactions: refused once another has taken over
workers.py    all of them together: started, and stopped in order
mailserver.py the built-in server, fed from the mailboxes' rows
ways.py       how the mail of each domain comes and goes
rounds.py     the built-in server's mailboxes, read when its doorbell.py rings
watcher.py    logins elsewhere: a vigil each, on a source (sources.py)
vigil.py      one login → news            folder_reader.py  one folder, in step (places.py)
inlet.py      mail that is handed in      intake.py   a mail's way into the index
  pace.py  tries.py  troubles.py          how soon, how often, and what is wrong meanwhile
  attention.py                            on which mailboxes somebody waits just now
courier.py    the outbox → a server       outcomes.py what the server's answers come to
reconciler.py what became of a send that a dead worker had in hand
filer.py      copies for Sent             sent_folder.py   which folder that is
lending.py    connections for both, few
provisioning.py  tells servers elsewhere of mailboxes
caretaker.py  expiry, and the mail of mailboxes that are gone
"""
