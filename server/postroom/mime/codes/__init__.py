"""One-time codes and links that confirm something, told by structure.

one_time        codes
confirmations   links
words           what both are told by
"""
