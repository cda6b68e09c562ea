"""The pages of the site that are written by the program itself: `make reference` writes them anew,
and a test holds them to it.

    pages.py      which pages there are
    tools.py      docs/tools.md: what an agent may ask      errors.py   what it is told if not so
    commands.py   docs/cli.md: what a person may type
    settings.py   docs/settings.md: what an operator may set
    shapes.py     a model's fields as a table               words.py    what the code says of each
"""
