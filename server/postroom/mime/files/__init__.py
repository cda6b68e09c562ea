"""What an attached file is and what it may be called.

sniffing        by its bytes
media_types     types that may be named in words of ours
filenames       names that are safe
"""
