"""Functions as people write them: a lecturer's, a student's, a tinkerer's. Each is run eagerly and compiled.

collection       how a case is written, run and judged

algebra          small algebras and systems: vectors, complex numbers, quaternions, matrices, units, rotations
arguments        arguments as they come: containers changed in place, sets, bytes, data classes, texts, models
array_arguments  arrays as arguments: masks, indices, dtypes, broadcasting, sorting
arrays           NumPy arrays in the surroundings: masks, views, dtypes, arrays of objects, structured arrays
attributes       attributes through inheritance, properties, descriptors, slots, metaclasses and fallbacks
branches         decisions by numbers: loops, early returns, comparisons, sorting, caught errors
composed         compiled derivatives, compiled functions inside compiled ones, and functions around them
containers       containers of every kind in the surroundings
conversions      a traced number that becomes something else
decorators       decorators, context managers, generators, coroutines and code that is made of text
edges            edges of arithmetic and of domains: zeros with a sign, infinities, errors of eager mode
effects          the function changes what it reads: counters, histories, queues, states, caches
exact_kinds      numbers that are equal and yet of another kind: as keys, fractions, of NumPy and of Python
failures         errors raised, caught, suppressed and retried; clean-up; assertions
games            agents and games: rewards, exploration, tables of values, replay, players
integers         whole numbers, exactly: in lists, in closures, as indices, counts and bits
language         what else Python offers: patterns, arguments by stars, partial application, methods by name
layers           a model changes between two calls: a layer, a weight, a method, an activation, a parameter list
logs             printing, logging and progress: what people look at while it runs
models           models as classes: registries, hooks, masks, flags, copies, state on the instance or the class
numeric          kinds of numbers, and what is done with them: comparisons, sorting, decimals, powers, patterns
outside          the world outside: environment, modules, threads, checkpoints, arguments of scripts
physics          simulations: particles, circuits, fields, lenses, clocks
places           unusual places of what a function reads
results          what comes back, and what is done with it: structures, copies, gradients, steps of an optimiser
same_value       who is who: identity of Values, types, labels; a parameter as an argument; the same Value twice
schedules        numbers that change from step to step: rates, temperatures, milestones, strengths
scopes           closures, defaults, globals and names that change, disappear, or are shadowed
sequences        things that run over time: recurrent state, teacher forcing, beams, windows, queues
series           series, tables and interpolation: terms, coefficients, knots, weights
solvers          numerical methods: roots, minima, differential equations, fixed points
sources          what nothing can watch
special          a class changes: methods that Python calls by itself; results that a function keeps
surroundings     between two calls something that the function reads changes
training         what stands around a training step: clipping, averages, callbacks, freezing, masks
unusual          unusual arguments
"""
