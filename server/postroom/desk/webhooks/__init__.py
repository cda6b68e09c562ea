"""Endpoints that events are posted to.

    webhooks.py     the subject at the desk: made, listed, stopped, told again, tried out
    view.py         an endpoint and its last attempts, as they are told

Whoever makes an endpoint lets mail's events go to a URL: so operators make them, for an agent or
for everybody's mail, and agents only where postroom.toml allows it, each for its own mail. An agent
sees those alone that are told of its mail. The desk posts nothing: a worker does (`work/webhooks`).
"""
