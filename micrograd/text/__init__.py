"""What formulas, names and labels look like, and how an expression is read.

formula       symbols: numbers that are only names; a primitive run on them returns its rule as a formula
typeset       a formula as text and as LaTeX
rule_card     a primitive as an object with forward, backward and its rule in print
expression    text → Values, by a grammar
names         what a node is called in a sentence
plain         numbers and labels in pictures
module_calls  which module made a Value
"""
