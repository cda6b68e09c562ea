"""What is run as somebody else's (test_outside.py) is not run as ours."""

collect_ignore = ["outside", "outside_anyio"]
