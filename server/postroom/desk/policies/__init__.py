"""What an operator asks and decides about policy.

policies.py     the subject at the desk: what holds, and why
replaying.py    what other rules would have done    past_drafts.py  a send as it was then
quarantine.py   mail that a rule keeps from its mailbox
"""
