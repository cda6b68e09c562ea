"""What a person may ask for in one go: one file a prompt, and their catalogue.

    catalogue.py        every prompt, in order
    answer_thread.py  follow_up.py  triage_inbox.py
    prompt.py           what a prompt is
    understanding.py    what a client sent → a prompt's words, or an error that says how to ask
    completing.py       what an argument may be: ids and addresses of the caller's own

A prompt is a text that its client puts before the model as the user's own words. So no mail ever
stands in it: ids alone, and the model reads what they name with a tool, where a stranger's words
are labelled.
"""
