"""What kind of message: message, list, invitation, auto_reply, receipt, bounce, complaint.

kind            which of these
├── automatic       a program wrote it          complaints  who calls our mail unwanted
├── written_by      what our own mail says of who wrote it
├── bounces         is it a report
└── reports         what a bounce says
    ├── report_lines    whom its words name     report_words    how servers say it
    └── delivery_status for good or not
"""
