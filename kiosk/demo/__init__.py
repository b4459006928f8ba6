"""The demonstration: the real programs in their own processes, and a citizen with a finger.

It drives the others only through what anyone may use: the command line, the station API, central's API, a pointer on
the screen. Nothing here runs on a hall's terminal.
"""
