"""The only SQL on the terminal: append, read from a position, acknowledge, verify.

The journal is the queue: one append-only table and one acknowledged position per destination.
"""
