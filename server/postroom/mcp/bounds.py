"""Bounds of the wire."""

MAX_REQUEST_BYTES = 64 * 1024 * 1024
"""One request, bytes: a mail's attachments (25 MB) in base64 inside JSON, and its words. Over
stdio the SDK would take any amount; over HTTP it is a setting of the operator's, by default the
same."""
