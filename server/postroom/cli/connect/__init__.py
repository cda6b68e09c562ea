"""Entries in the configuration files of MCP clients: put in, shown, taken out.

    clients.py      which clients there are, where each keeps its file, and in which shape
    entry.py        what is written: this program, its arguments, its home
    jsonc.py        JSON with comments → a tree that knows where everything stands
    editing.py      one member of one object set or removed; every other character stays
    connecting.py   puts the entry in, and takes it out
    config_file.py  read, back up, write in one act

A file that cannot be read as JSON is left alone: its owner has to look at it first.
"""
