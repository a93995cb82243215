"""Functions as people write them: a lecturer's, a student's, a tinkerer's. Each is run eagerly and compiled.

collection    how a case is written, run and judged

arguments     arguments as they come
arrays        NumPy around Values
branches      decisions by numbers, types and texts
composed      compiled derivatives, and compiled functions inside of others
effects       the function changes what it reads, or asks what nothing can watch
failures      errors raised, caught and retried
language      what Python offers
models        models as classes
numeric       kinds of numbers, and what is done with them
outside       the world outside of the function
places        unusual places of what a function reads
physics       simulations and small algebras
results       what comes back, and what is done with it
sequences     things that run over time
solvers       numerical methods
surroundings  something that the function reads changes between two calls
training      what stands around a training step
unusual       unusual arguments
"""
