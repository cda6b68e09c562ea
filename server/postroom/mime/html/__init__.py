"""HTML as a person sees it: a DOM step, then Markdown.

to_text         the whole way
├── concealment     what HTML hides     appearance, styles, colours, ground: what it knows
├── twins           which of that is seen elsewhere
├── marked          quotes and signatures by class
├── image_links     links that show an image and no words
├── layout          tables that place words, as blocks      tables: which of them do
└── shown_links     where a link really leads

inert           not to text: HTML that does nothing, for whoever wants to see its layout
"""
