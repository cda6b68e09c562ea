"""What a person decides about a send that has not gone.

held.py         the subject at the desk: a held one goes, or it does not
approval.py     what the person sees of it
unsent.py       all that has not gone yet: listed, taken back
"""
