"""What was written down, and what goes again.

audit.py        whether the journal is what was written; all of it
tracing.py      the whole way of a mail    steps.py        its steps in order
retention.py    what goes by its age       correspondence.py   all mail with one correspondent
"""
