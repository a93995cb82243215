"""Sentences about a backward pass.

telling  a contribution in words: edge, formula, running sum, why, check
explain  how one derivative came about: text, Markdown, LaTeX
"""
