"""The HTTP surface: metrics, health, JSON, pages."""
