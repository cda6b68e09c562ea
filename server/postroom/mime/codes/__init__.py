"""One-time codes and links that confirm something, told by structure.

one_time            codes: which of the candidates are surely said to be one
├── evidence        how surely the words around a candidate say so
├── sentences       how a word for a code and a candidate stand to each other
├── mentions        words for a code, and of what sort of code they speak
├── shapes          candidates
├── typing_in       numbers that are to be typed in
├── lines           the text that they stand in, undressed
└── code_words      the words, in many languages
confirmations       links
├── web_links       where they stand, and what their addresses say
├── link_purposes   what they are for: a thing, and what is done with it
└── link_words      the words for the rest
folding             how words are compared: without case and accents
"""
