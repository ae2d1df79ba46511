"""The composition root: the one room that names concrete adapters and ties settings to them.

One module for each thing that can be composed, so that a command loads only the libraries it needs.
"""
