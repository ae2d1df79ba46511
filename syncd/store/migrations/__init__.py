"""Migrations of the store, one file per release that changes its schema; forward only."""
