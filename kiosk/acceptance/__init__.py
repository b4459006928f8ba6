"""The acceptance sheet: what a technician hands over, as a PDF that the unit signs, and how anyone checks it."""
