"""Printing and logging: text that is only shown decides nothing, and is made while the function is traced only."""

from __future__ import annotations

import sys
from typing import Any

from micrograd.compiler.tracing.standins.answers import Named, Positional, Usual


def print_it(watching: Any, usual: Usual, args: Positional, named: Named) -> Any:
    """`print`: where it does not write to the screen, someone may read the text."""
    target = named.get("file")
    screen = (sys.stdout if target is None else target) in watching.screens
    return while_printing(screen, watching, usual, args, named)


def show(watching: Any, usual: Usual, args: Positional, named: Named) -> Any:
    return while_printing(True, watching, usual, args, named)


def while_printing(screen: bool, watching: Any, usual: Usual, args: Positional, named: Named) -> Any:
    before, watching.printing = watching.printing, screen
    try:
        return usual(*args, **named)
    finally:
        watching.printing = before
