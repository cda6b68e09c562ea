"""Bounds of the wire."""

MAX_REQUEST_BYTES = 64 * 1024 * 1024
"""One request, bytes: a mail's attachments (25 MB) in base64 inside JSON, and its words. The SDK
would take 4 MiB over HTTP, and any amount over stdio."""
