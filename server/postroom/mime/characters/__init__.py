"""Bytes to characters, and the characters nobody sees.

charsets        by the declared name, then by what the bytes can be
├── japanese        where labels mislead
└── likely_charset  where there is none
unseen          characters that show nothing, taken out of what is read
utf7            the names of folders, as IMAP writes them
"""
