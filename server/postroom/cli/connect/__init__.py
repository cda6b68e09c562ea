"""Entries in the configuration files of MCP clients: put in, shown, taken out.

    clients.py       which clients there are, and how each lays its file out
    folders.py       the folders of whoever runs the program, on each system
    entry.py         what is written: this program, its arguments, its home
    connecting.py    puts the entry in, and takes it out
    json_editing.py  one member of one object set or removed; every other character stays
    jsonc.py         JSON with comments → a tree that knows where everything stands
    toml_editing.py  the same of one table of a TOML file
    config_file.py   read, back up, write in one act

A file that cannot be read as JSON or TOML is left alone: its owner has to look at it first.
"""
