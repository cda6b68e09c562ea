"""The new words of a mail, apart from quoted ones and from what says who wrote.

split           new words, a mail that is sent on, and quoted ones
├── stretches       what stands on which side
├── occasions       whether the mail answers one, sends one on, or is the first
├── attributions, rules, header_blocks   how programs announce a quote
└── lines, quoted_lines                  what is looked at
signatures      what says who wrote
├── delimiters      what stands above it
├── sign_offs, programs     how people and programs end a mail
├── cards, footers  what stands below
└── listings        what stands there too, and belongs to the words
"""
