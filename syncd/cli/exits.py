"""Exit codes (design.md section 9)."""

FOUND_SOMETHING = 1
BAD_USAGE = 2
STORE_MISMATCH = 3
