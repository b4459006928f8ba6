"""The shapes that cross a process boundary: station API, central API, journal entries, profile.

One definition validates, encodes and yields the schema; nothing here does I/O, but for `pinning`."""
