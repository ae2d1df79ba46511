"""Metrics and logs: what the daemon says about itself and about the vendors."""
