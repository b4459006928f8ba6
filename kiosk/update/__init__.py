"""Versions of the program in slots beside the package: fetched, proved, tried, kept or returned (docs/adr/0021)."""
