"""Conversations, as an answer of so many tokens.

reading.py      the subject at the desk: lists, what is found, one as a conversation
filling.py      a thread: its frame and one page
└── page.py     what of it fits            people.py       who is who, named once
list_within.py  a list: what of it fits    budget.py       what words cost
alone.py        a message told alone         views.py       rows as messages and threads
├── senders.py      recipients.py    what is told of a sender; to whom, said once
└── long_links.py   unseen_quotes.py links by short ids; what it quotes that nobody has read
messages.py     one by its id
showing.py      a mail with its layout, for a person's eyes
states.py       labels and metadata, kept with a thread
attachments.py  files, in both directions  read_files.py   texts read a moment ago
"""
