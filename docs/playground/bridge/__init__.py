"""What the playground's page asks Python: one module for each room, of plain functions from JSON to JSON.

calls.py        finds the function that a message of the page names
ready_made.py   the calls whose answers the build stores
"""
