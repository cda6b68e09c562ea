"""What can be asked, a file a subject; named as at /v1."""
