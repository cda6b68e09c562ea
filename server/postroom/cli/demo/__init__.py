"""`postroom demo`: two agents, two mailboxes, one conversation; everything in it is real.

run.py      the throw-away home, the two `postroom mcp` processes, and the way out
agent.py    one agent: a real MCP client of one process
story.py    what they do, each step checked
scene.py    the words they write to one another
step.py     one tool call, as it is told
stage.py    how it is printed
ending.py   what a person can do next
"""
