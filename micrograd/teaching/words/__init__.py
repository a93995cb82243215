"""Sentences about a backward pass.

describe  a contribution in words: edge, product, running sum, why, check
explain   how one derivative came about: text, Markdown, LaTeX
"""
