"""The command line: everything behind `micrograd …`.

main      the parser, exit status and Ctrl-C
draw      `micrograd draw`: an expression as a picture in a file
step      `micrograd step`: a backward pass in the terminal
practice  `micrograd practice`: exercises in the terminal
demos     `micrograd demo` and `micrograd digits`
"""
