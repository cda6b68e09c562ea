"""From a request to send to a row in the outbox.

sending.py      the subject at the desk
composing.py    a request as a mail that can be judged
├── outgoing.py                    what is asked, as bytes that will be sent
└── addresses.py    replies.py     to whom; which mail it answers
outbox.py       the one way in: checked, judged and filed in one transaction
├── policy_facts.py                what policy may know of it
│   └── passed_on.py   pieces.py   whether it repeats what somebody else wrote
├── pacing.py                      when it may go, by the limits
└── unsubscribing.py               how people say no to bulk mail
again.py        a held one judged again, as it is let go or changed
└── editing.py                     what a person made of it
delivered.py    who has got it
"""
