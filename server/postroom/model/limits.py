"""Bounds, each with its unit and its reason. An operator may tighten some in postroom.toml."""

MAX_MESSAGE_BYTES = 35 * 1024 * 1024
"""A message on the wire, bytes. 25 MB of attachments grow by a third in base64 (RFC 2045 §6.8)."""

MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024
"""All attachments of one send together, bytes: what the large providers accept."""

MAX_RECIPIENTS = 50
"""Recipients of one send. More is a mailing, and that is an operator's decision."""

MAX_TEXT_CHARS = 500_000
"""The words of one send, characters. A larger text belongs in an attachment."""

MAX_SUBJECT_CHARS = 900
"""Subject, characters: RFC 5322 §2.1.1 ends a line at 998 octets."""

MAX_NOTE_CHARS = 500
"""A person's own words about a decision, or an agent's for asking for one, characters: they are
told beside the mail, and are none."""

MAX_AHEAD_SECONDS = 366 * 86400.0
"""How far ahead a mail may be scheduled: beyond a year it is a slip of the pen."""

MAX_ATTACHMENTS = 50
"""Files in one send; each costs a MIME part that every reader has to open."""

MAX_UPLOADS = 100
"""Files that are kept for one agent before they are sent; each is there for a day."""

MAX_UPLOADED_BYTES = 10 * MAX_ATTACHMENT_BYTES
"""The same in bytes: an agent that runs wild must not fill the disk."""

MAX_THREAD_REFERENCES = 200
"""Ids taken from one References field. A hostile field of 100,000 ids would cost as many rows."""

MAX_WAIT_SECONDS = 240.0
"""The longest wait_for_reply: the most patient desktop client gives up after that."""

DEFAULT_WAIT_SECONDS = 20.0
"""Fits into the shortest client time-out known (30 s) with room for the answer."""

MAX_WAIT_MESSAGES = 10
"""Messages returned by one wait. More would not fit a model's answer; the cursor gets the rest."""

MAX_LIST = 100
"""Threads on one page of a list."""

DEFAULT_LIST = 20

DEFAULT_THREAD_TOKENS = 6_000
"""An answer, tokens (estimated): a long conversation must not fill a model's context."""

MIN_ANSWER_TOKENS = 300
"""Below this an answer would hold next to no words beside its ids and cursors."""

MAX_THREAD_TOKENS = 50_000
"""The most that one answer may carry; some clients cut a tool's output at 25,000 tokens."""

DUPLICATE_WINDOW_SECONDS = 600
"""The same mail from the same mailbox within ten minutes is a retry, not a second mail."""

MAX_WAITS_PER_AGENT = 16
"""Waits of one agent in one process; the next ends the longest of them (desk/waits/places.py)."""

SEND_PATIENCE_SECONDS = 8.0
"""How long send_email waits for the courier before it answers ``queued``."""

IDLE_PATIENCE_SECONDS = 2.0
"""How long send_email waits where nobody does the I/O: a process that starts looks like that."""

PROVISION_PATIENCE_SECONDS = 2.0
"""How long create_mailbox waits for a mailbox to be live before it answers ``provisioning``."""

MAX_EVENTS = 500
"""Events on one page: some 100 KB."""

DEFAULT_EVENTS = 100

MAX_EVENT_WAIT_SECONDS = 60.0
"""The longest wait for the first event of a page: proxies give up an idle request after that."""

LATE_SECONDS = 0.5
"""After so long whoever asked over the network is looked at again before the answer: a wait takes
minutes, and a token may be revoked in them."""
