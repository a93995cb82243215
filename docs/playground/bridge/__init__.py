"""What the playground's page asks Python: one module for each room, of plain functions from JSON to JSON.

calls.py        finds the function that a message of the page names
ready_made.py   the calls whose answers the build stores; examples.py has those of the room of expressions
typed.py        what is typed there, read into Values, and what is wrong with it
as_python.py    the same as code for a notebook
"""
