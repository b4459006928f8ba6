"""Brings the journal to central. The only outbound HTTP of the terminal."""
