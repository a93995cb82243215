"""Watching a training: `watch` films it, the `Film` shows itself while it is made, and is a page afterwards.

watch      the front door
film       `Film`: when it shows what, and in which forms
reel       from the data to the drawings, moment by moment
recording  the data: the records, and the numbers of the model from moment to moment
twin       a copy of the model that goes back to any moment
subject    what the data are, and so what there is to see
scenes     the drawings, and what changes in them
pace       when a picture can be afforded
displays   notebooks, marimo, terminals
still      one moment as a picture
page       all of them as a page: film.html, film.css, film.js
style      the colours
"""

from micrograd.training.watching.film import Film
from micrograd.training.watching.watch import watch

__all__ = ["Film", "watch"]
