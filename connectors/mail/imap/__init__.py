"""The IMAP back end: a mailbox that is only ever looked at (EXAMINE, PEEK)."""
