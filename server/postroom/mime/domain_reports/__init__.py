"""Reports about a domain of one's own: DMARC's aggregate reports and TLS-RPT.

finding.py      a mail ── which part is a report ──► what it says, or why it cannot be read
unpacking.py    out of zip and gzip, counting what comes out
dmarc.py        XML (RFC 7489 Appendix C, RFC 9990), as a stream
tls.py          JSON (RFC 8460 §4)
values.py       what a value may be; the fault where one is not

Anybody can mail one. The readers are bounded in bytes, rows, depth and text, and what does not fit
is no report at all: half of one would be summed as if it were the whole.

The XML is read by expat, as a stream that stops at the first document type declaration, so there
is nothing to expand. parsedmarc was looked at (lxml, a mail library, a 25 MB database of addresses,
and look-ups of its own), and dmarc-report (small, but it builds the whole tree, knows no TLS-RPT,
and would bring defusedxml for what is one handler here).
"""
