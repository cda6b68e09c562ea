"""What an agent may ask: one file a tool, and the catalogue.

    catalogue.py        every tool, in order
    create_mailbox.py  list_mailboxes.py  send_email.py  list_threads.py  get_thread.py
    wait_for_reply.py  read_attachment.py  suppress.py
    tool.py             what a tool is
    inputs.py           types of arguments that several share
    understanding.py    what a client sent → arguments, or an error that says how to call
    misnomers.py        what models call an argument when they guess
    schemas.py          JSON schemas, small
    prompts/            what a person may ask for in one go

A tool is data and one small function that asks the desk. It holds no rule, opens nothing, and
knows no protocol: faces (MCP today) put it on the wire.
"""
