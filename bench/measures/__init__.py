"""One program a measure; each gives a report back."""
