"""Files on their way into a mail, from elsewhere.

uploads.py      the subject at the desk: what came by the network, kept until it is sent
url_files.py    what lies at a URL, fetched when a mail with it is sent
"""
