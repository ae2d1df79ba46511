"""The way to sources: HTTP with manners, retries in one place, and simulators that stand in for sources."""
