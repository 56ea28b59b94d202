from hypothesis import settings

# No deadline: the first call of a kernel may compile it.
settings.register_profile("quick", deadline=None, max_examples=15)
settings.register_profile("thorough", deadline=None, max_examples=300)
settings.load_profile("quick")
