"""One module an engine, all with the same functions.

``load`` reads the log into the form in which a user of the engine holds it, ``fresh`` takes away
what an engine keeps between questions, the functions named in ``tasks.TITLES`` answer (those an
engine can't answer are absent), and ``comparable`` brings an answer into the form common to all.
"""
