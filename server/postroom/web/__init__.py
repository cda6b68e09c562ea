"""What people and their mail programs reach by the web, besides agents and their tokens.

one_click.py    the link by which bulk mail is unsubscribed from
"""
