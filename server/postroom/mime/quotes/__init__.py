"""The new words of a mail, apart from quoted ones and from what says who wrote.

split           new words and quoted ones
├── attributions, rules, header_blocks   how programs announce a quote
└── lines, quoted_lines                  what is looked at
signatures      what says who wrote
├── sign_offs       how people and programs end a mail
└── cards, footers  what stands below
"""
