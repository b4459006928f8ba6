"""What holds for every test: Hypothesis sets no deadline, for a slow machine is not a fault."""

import hypothesis

hypothesis.settings.register_profile("house", deadline=None, print_blob=True)
hypothesis.settings.load_profile("house")
