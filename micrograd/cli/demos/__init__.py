"""The trainings behind `micrograd demo` and `micrograd digits`, with pictures of the result.

moons     the moons classifier, eager or compiled
digits    a network that reads handwritten digits
pictures  plots of both, with matplotlib
"""
