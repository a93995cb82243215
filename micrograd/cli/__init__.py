"""The command line: everything behind `micrograd …`.

main      the table of commands, exit status and Ctrl-C
streams   what is read and written, whatever the terminal can show
options   arguments that several commands have
demo      `micrograd demo`: the moons classifier
draw      `micrograd draw`: an expression as a picture in a file
step      `micrograd step`: a backward pass in the terminal
practice  `micrograd practice`: exercises in the terminal
check     `micrograd check`: homework, each file in a process of its own
sheets    `micrograd sheets`: exercises on paper for a class
digits    `micrograd digits`: handwritten digits
demos     the two networks that demo and digits train
"""

import micrograd._core  # noqa: F401 first of all: it says if the original has overwritten our files
