"""What an operator asks and decides about policy.

policies.py     the subject at the desk: what holds, and why
replaying.py    what other rules would have done    past_drafts.py  a send as it was then
checking.py     whether a file of rules means something
quarantine.py   mail that a rule keeps from its mailbox
"""
