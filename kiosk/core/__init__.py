"""What a visit, a rating, an entry and a receipt are, and every rule about them.

Pure functions over frozen values: no clock, no randomness, no files, nothing but the standard library."""
