"""The text of attached files, read by programs that may fail: in a process of its own.

    reader.FileReader ── content ──► child ── text, or why there is none ──► reader
       (our process)      stdin        │                           stdout
                                       ├── confinement   what the child may no longer do
                                       ├── lifeline      what ends it when its parent has ended
                                       └── formats       which module reads which type

    pdf  sheets         native libraries          calendars  cards    iCalendar, vCard
      spread              how large a sheet is      components        what both are made of
    documents  slides   Office Open XML           outlook             winmail.dat
      styles  flow        of them                 mail                HTML, attached mail
      openxml             its elements            archives            ZIP, unpacked within bounds

    conversing   one child, from its start to its end
    bounds   how much of a file is read, and why       words   what was read, bounded
    faults   why a file has no text: a code a cause, so that no word of the child's is believed

A process is started for each file and ends with it: a fault, a bomb or a hole in a library costs
that one file. It is given no environment, no open file and no name of ours, only bytes. Plain text
needs no library and is decoded in our own process.
"""
