"""Exit codes (design.md section 9)."""

FOUND_SOMETHING = 1
BAD_USAGE = 2
STORE_MISMATCH = 3
INTERRUPTED = 130
"""128 and the number of SIGINT, as shells say it."""
