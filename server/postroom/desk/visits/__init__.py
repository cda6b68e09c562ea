"""A person who tries the post room by hand: writes to an agent, and reads what comes back.

visiting.py     the subject at the desk
"""
