"""What happens over time: one process at a time does the I/O of a post room.

seat.py       tries for the lock, and holds the workers while it has it
pulse.py      its sign of life, for the others
term.py       a worker's transactions: refused once another has taken over
workers.py    all of them together: started, and stopped in order
mailserver.py the built-in server, fed from the mailboxes' rows
watcher.py    all mailboxes: a vigil each
vigil.py      one mailbox → new mail      intake.py   a mail's way into the index
  pace.py  tries.py  troubles.py          how soon, how often, and what is wrong meanwhile
courier.py    the outbox → a server       outcomes.py what the server's answers come to
reconciler.py what became of a send that a dead worker had in hand
caretaker.py  expiry, and the mail of mailboxes that are gone
"""
