"""A header section and what stands in its fields (RFC 5322, RFC 2047, RFC 2231).

fields          the section, field by field
├── words           encoded words          parameters  name=value after a type
├── addresses       people                 dates
└── comments        what stands outside of a field's comments
"""
