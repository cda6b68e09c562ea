"""What servers on the way wrote on top of a mail (RFC 5321, section 4.4).

order           what they wrote, in the order of the way
├── received        the way that a mail says it took
├── delivery        whom it was delivered for
├── arrival         who handed it to a server of one's own
└── handover        who handed it to whom, by one Received field
final_delivery  what a delivering server puts on top
as_written      a mail without what they wrote
"""
