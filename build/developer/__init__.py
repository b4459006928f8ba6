"""What `build/dev.py` is made of: the machine's needs, the virtual environments, the tasks. Standard library only."""
