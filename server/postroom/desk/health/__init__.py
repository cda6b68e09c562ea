"""What runs, where, and what is wrong.

health.py       the subject at the desk
elsewhere.py    servers elsewhere          accounts.py     accounts, as an operator asks
inlets.py       mail handed in by LMTP     tables.py       tables that mail servers read
open_files.py   connections, as files      network.py      how `postroom serve` is set
metrics.py      figures of the room, and whether it is ready, for programs that look after it
folder.py       whether the post room's folder is its operator's alone
domain_keys.py  whether mail of one's own domains can be signed
webhooks.py     endpoints that nobody answers at
domains.py      domains of one's own, as the DNS stands to them
handed_in.py    mail by HTTP that waits for long
"""
