"""What a compiled function can reach by names that occur in its code, watched.

watch       `Watch`: is everything as it was, what has changed, put it back
policy      the table: what can be read, and how it is checked, or why it is refused
walk        from a function to what it reaches, to a fixpoint of names
dispatch    which rules of the policy count for a thing
looks       how the walk looks at what comes to other things, and at what is left alone or refused
code        how it looks at functions, classes and modules
objects     how it looks at objects of classes written in Python
contents    how it looks at containers, and reads and writes them
native      the comparison, in C where the extension `_watch` has been built
sweep       the comparison in Python of many rows at once
names       the names that occur in code, and whether it computes others
rows        one container with a snapshot of its members each
other_rows  the same for functions, slots, Values, modules and contents that are read whole
attributes  the same for attributes in the dict of an object, a class or a module
same        when a member is what it was
"""

from textwrap import fill

from micrograd.compiler.surroundings.policy import table


def in_lines() -> str:
    """The policy as text."""
    return "\n".join(fill(f"{what}: {how}", 118, initial_indent="- ", subsequent_indent="  ") for what, how in table())


__doc__ = f"{__doc__}\nWhat is read, and how a call stays right:\n\n{in_lines()}\n"
