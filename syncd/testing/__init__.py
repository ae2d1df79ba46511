"""Fakes that ship with the product, for our tests and for those of anybody who writes a connector or a notifier."""
