"""Connectors shipped with syncd, one package per kind of source; `connectors/README.md` says how to write one."""
