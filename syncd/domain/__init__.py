"""Timelines, calendars, contracts and clocks: frozen values and pure functions over the standard library alone."""
