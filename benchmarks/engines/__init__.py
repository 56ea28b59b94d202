"""One module an engine, all with the same functions.

``load`` reads the log into the form in which a user of the engine holds it. The functions named
in ``tasks.TITLES`` answer; those an engine can't answer are absent. ``comparable`` brings an
answer into the form common to all. ``fresh``, where an engine has it, takes away what it keeps
between questions. ``PACKAGES`` are those whose versions are shown.
"""
