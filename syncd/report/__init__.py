"""Renderers: what was measured, as JSON and as text for people."""
