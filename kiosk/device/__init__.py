"""The operating system's edges: clock, paths, settings, secrets, single instance; each with a stand-in."""
