"""What `postroom domains` does.

wanted.py         what was said on the command line, as postroom.toml says it
settings_file.py  postroom.toml with a domain's table changed
looking.py        what the DNS says now
publishing.py     what the zone would say, and whether it does
page.py           records, for people and as a zone file
"""
