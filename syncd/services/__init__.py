"""Use cases over ports: they return reports and never log, count or ask the time."""
