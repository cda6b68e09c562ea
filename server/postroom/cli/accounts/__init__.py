"""What `postroom accounts` is made of, beyond asking at the desk.

    at_once.py          a probe, run to its end or until somebody stops it
    logins.py           an account's logins, from postroom.toml
    host.py             the parts of a mail host, tried and shown
    check_page.py       what a probe found, as a person reads it

    wanted.py           what was said on the command line of a new account
    questions.py        what was not said there: asked on a terminal
    servers.py          where its servers are: named, or found
    unknown_servers.py  … or, where nothing tells of them, asked for
    hints.py            what to do where one of them cannot be used, as options
    plan.py             what postroom.toml will say of it
    trying.py           both servers, tried with a password
    adding.py           the way from an address to an account that works
    secret_keeping.py   where its password goes
    settings_file.py    postroom.toml with the account in it, and all else as it was
    added.py            what came of it

Nothing is written before all of it works.
"""
