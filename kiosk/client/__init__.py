"""The command-line client of the station API, for systems that can only run a program. The standard library alone, so
that it is there and gone in a moment."""
