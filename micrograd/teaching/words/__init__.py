"""Sentences about a backward pass.

describe  a contribution in words: edge, product, running sum, why, check
nudges    what was tried: kinks, jumps, and how far the root moves
explain   how one derivative came about: text, Markdown, LaTeX
updates   how each parameter moves in an update, and what that does to the loss
"""
