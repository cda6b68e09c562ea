"""What happens, for whoever listens.

events.py       the subject at the desk: what was, page by page, and what comes, without end
feed.py         one reader of the journal's end for all who listen in this process
listener.py     what one of them has yet to take
"""
