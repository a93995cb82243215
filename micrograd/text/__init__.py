"""Formulas, names and labels as text, and a reader of expressions.

formula       symbols: numbers that are only names; a primitive run on them returns its rule as a formula
typeset       a formula as text and as LaTeX
notation      numbers and operations as they are printed
rule_card     a primitive as an object with forward, backward and its rule in print
tokens        the pieces of an expression, in every spelling
expression    text → Values, by a grammar
output        what step, draw, practice and explain take: a Value or such a text
whole         the whole expression on one line
names         the name of a node in a sentence
module_calls  which call of which module made a Value
escape        text shown literally in XML, Markdown, LaTeX, DOT
terminal      text as a terminal can show it: its characters, its width
sparkline     numbers as a line of small bars
measure       the width of a text in a picture
"""
