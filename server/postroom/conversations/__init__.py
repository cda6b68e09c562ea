"""Which conversation a message belongs to, from its header fields alone, and why."""
