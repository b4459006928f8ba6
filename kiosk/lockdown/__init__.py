"""`kiosk lockdown`: what makes a Windows machine a terminal and nothing else, as a plan that is shown first.

On Linux the package's own unit and files do this ([docs/PACKAGES.md]). Here `facts.py` looks, `plan.py` decides (a pure
function, tried for every edition), `files.py` writes the two configuration files, `run.py` carries out and takes back.
Where the steps come from: Microsoft's pages on Shell Launcher, Assigned Access, Keyboard Filter, Unified Write Filter.
"""
