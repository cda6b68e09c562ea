"""Secrets, read where they lie when they are needed.

    vault.py         from a place that the operator named to a ``Secret`` (model/secrets.py)
    environment.py   an environment variable
    files.py         a file of one line, which other users cannot read
    keyring.py       the system's keyring, by the keyring library
    passphrase.py    the operator's own: never the secret, a hash of it

Nothing here keeps a secret longer than the call that asked for it, and no error repeats one.
"""
