"""The configuration of a Postfix and Dovecot host whose mailboxes Postroom makes.

`options` says what an operator chooses, `render` makes the files of it from the templates (`*.in`)
in this folder, and `writing` puts them where they belong. The tests run what `render` writes.
"""

SENDS_NOTHING = "this host sends no mail to elsewhere"
"""What a Postfix of `--relay none` answers for a recipient elsewhere (550 5.7.1)."""
