"""How much of a hostile file is read, each bound with its unit and its reason."""

MAX_CHARS = 2_000_000
"""The text of one file, characters: forty answers of the largest size. What follows is not read."""

SECONDS = 20.0
"""The longest that one file may take: well below what any client waits for a tool."""

MEMORY_BYTES = 1024 * 1024 * 1024
"""Address space of the child, with its libraries (about 250 MB of it). On Windows, and on macOS
where the system does not keep it, time is the only bound."""

AT_ONCE = 2
"""Children of one process at the same time: more would only take turns on the processors."""

PATIENCE_SECONDS = 30.0
"""How long a file waits for its turn before the caller is told to ask again."""

MAX_WAITING = 32
"""Files that wait for their turn; each holds its content in memory."""

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
"""What all entries of an archive that we read unpack to: real office files stay below 50 MB, with
their pictures, which are not unpacked."""

MAX_ENTRIES = 20_000
"""Entries of an archive: large presentations have some thousands."""

MAX_XML_DEPTH = 400
"""Elements inside one another: Office writes tables in tables, some thirty deep."""

MAX_PAGES = 5_000
"""Pages, slides or sheets of one file."""

MAX_ROWS = 100_000
"""Rows of one sheet."""

MAX_COLUMNS = 1_000
"""Columns of one row that are read."""

MAX_CELLS = 25_000_000
"""Places between the first and the last cell of one sheet, each of 32 bytes while it is read."""

MAX_LISTED = 200
"""Names of an archive's entries that are listed."""
