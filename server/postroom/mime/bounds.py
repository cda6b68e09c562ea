"""How much of a hostile mail is looked at, each bound with its unit and its reason.

What lies beyond a bound is never dropped: the raw mail stays in the index, the part that was not
taken apart becomes an attachment, and a defect says so.

Time has no bound of its own, because nothing in here may look at a clock. It follows from these:
every loop is linear in what it is given, so that the longest mail that is read at all
(`MAX_MESSAGE_BYTES`, 35 MB), made of the costliest shapes known, takes a few seconds of a core.
"""

MAX_DEPTH = 30
"""Multiparts inside one another. Real mail stays under 10; each level reads its bytes once more."""

MAX_PARTS = 1_000
"""Leaves of one message. Each costs a row and a look; 100,000 fit into a megabyte."""

MAX_FIELDS = 2_000
"""Fields of a mail's header section. Long relay paths have a hundred."""

MAX_HEADER_LINES = 50_000
"""Lines of a mail's header section, folded ones among them; each is looked at by itself. It leaves
room for the largest field in the shortest lines."""

MAX_PART_FIELDS = 200
"""Fields in the header section of a part, which describes one file; a thousand parts have one."""

MAX_PART_HEADER_LINES = 2_000
"""Lines of such a section."""

MAX_BOUNDARY_LINES = 20_000
"""Lines of one multipart that begin like its delimiter; each costs a look, and thirty multiparts
may lie around one another. What follows the last one stays with the part before."""

MAX_FIELD_BYTES = 100_000
"""One field, bytes: what the common mail servers accept (Postfix's header_size_limit)."""

MAX_ADDRESSES = 1_000
"""Addresses read from the fields of one name. More is a mailing list's export, or an attack."""

MAX_PARAMETERS = 100
"""Parameters of one Content-Type or Content-Disposition."""

MAX_NAME_CHARS = 300
"""A display name, characters. Longer ones are texts in disguise."""

MAX_FILENAME_CHARS = 150
"""A file name, characters: fits every file system with room for a suffix."""

MAX_BODY_CHARS = 2_000_000
"""The message's own words, characters: four times what a send may carry."""

MAX_QUOTED_LINES = 10_000
"""Lines in which quotes are told from words, half a second at worst; what is below stays with
what is above it."""

MAX_BODY_BYTES = 4_000_000
"""Bytes that are decoded for these words: twice what a send may carry, in any charset of mail. The
slowest (UTF-7, ISO-2022) read four megabytes a second. Further parts are attachments."""

MAX_HTML_CHARS = 1_000_000
"""HTML that is turned into text, characters: ten times what Gmail shows of one. The DOM and its
Markdown cost up to two hundred times as many bytes."""

MAX_HTML_DEPTH = 2_000
"""Elements inside one another. The DOM's parser is quadratic in it: 50,000 cost seconds. Deeper
HTML is not read; it is an attachment."""

MAX_MARKDOWN_DEPTH = 300
"""Elements inside one another that the Markdown converter keeps; deeper text vanishes there."""

MAX_ATTRIBUTES = 300
"""Attributes of one tag, each of which the DOM's parser compares with all before it. Beyond, the
element is hidden: no mail program writes one."""

MAX_INDENTS = 30
"""Quotes and lists inside one another; the Markdown converter indents each line by all of them."""

MAX_TABLES = 50
"""Tables inside one another that are made blocks, each of which moves all that it holds; of more
only the words are read. Newsletters have ten."""

MAX_FILLED_CELLS = 100_000
"""Cells that a table lacks, which the Markdown converter fills: rows times its widest row, and what
its cells span."""

MAX_STYLE_RULES = 5_000
"""Rules of all style sheets of a mail; a newsletter has some hundreds."""

MAX_RULE_LOOKS = 500_000
"""Rules that are weighed for all elements of a mail, one by one."""

MAX_REPORT_BYTES = 200_000
"""How much of a bounce's report and of the mail it returns is read, bytes."""

MAX_FAILED_RECIPIENTS = 100
"""Addresses taken from one bounce; one of our sends has at most 50 recipients."""

MAX_REPORT_CHARS = 30_000
"""The words of a report that are looked at for whom it names, characters: they come before the
returned mail, and each line costs several patterns."""

MAX_REASON_CHARS = 2_000
"""Words about one recipient that are looked at for what became of it, characters."""

MAX_DIAGNOSTIC_CHARS = 500
"""A server's words about one recipient: as much as is kept of an SMTP reply."""

MAX_ENVELOPE_ID_CHARS = 100
"""RFC 3461 §4.4."""
