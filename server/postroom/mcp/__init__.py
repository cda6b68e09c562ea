"""The MCP face: the catalogue's tools on the wire, for both protocol eras.

    server.py      the tools as an MCP server: list, call, answer, error
    prompt_face.py the prompts: list, get, complete what their arguments may be
    resources.py   threads and messages as resources; resource_news.py tells that they changed;
                   resource_face.py is asked
    stdio.py       one client over standard input and output; lines.py reads, output.py writes,
                   unreadable.py answers what is no message
    http.py        many clients over Streamable HTTP; bearer.py guards its door
    leaving.py     whether who asked is still there
    reception.py   opens the room behind the first answers, so that a client never waits for it
    stopping.py    signals, on every operating system
    launch.py      start a process fast
    structure.py   how much there may be in a message
    bounds.py      how large a request may be

`import mcp` here is the SDK; this package is `postroom.mcp`.
"""
