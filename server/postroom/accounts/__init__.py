"""What an operator says in ``postroom.toml`` of accounts and domains: frozen models, nothing done.

    table.py       what every table shares: frozen, no unknown key
    sources.py     where a secret comes from: a variable, a file, the keyring; never the secret
    public_url.py  where anybody reaches this post room by https
    address.py     an address, a domain's name, as they are compared
    servers.py     an IMAP server, a submission server
    oauth.py       a token end point, and as whom it is asked (RFC 6749)
    account.py     one real account: address, both servers, how it proves who it is, its pace
    unknown.py     what becomes of a mail whose fate nobody knows
    presets.py     what is known of providers, as data
    filling.py     an account's table with what its preset knows
    domains.py     where the mailboxes of a domain come from: account, directory or builtin
    own_domain.py  a domain of one's own, and what the DNS is to say of it
    approvals.py   how long a person may take to look at a mail first
    serve.py       where `postroom serve` listens, who may come, and how much of it
    issuer.py      somebody else's access tokens that are good here
    host_names.py  names as they stand in the headers Host and Origin
    inbound.py     what is believed of mail that is handed in over HTTP
    verification.py  whether senders are verified here, and whose word counts then
    webhooks.py    where events may be posted to
    directory.py   the fields of a domain whose addresses are rows in a SQL table
    faults.py      what is wrong with a file, by the path of its key
    known_keys.py  which keys a table knows, and which one was meant

A preset fills what an account leaves out before anything is checked, so that an ``Account`` always
has both of its servers. What one table says of another (a domain names an account) is checked where
the whole file is known: ``postroom.settings``.
"""
