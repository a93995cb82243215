"""A backward pass and its exercises as pages, in the terminal, and on paper.

scene                the picture in a page, and which contributions make a layer
page                 the stepper as one self-contained HTML page
terminal             the stepper as a conversation in plain text
practice_page        the stepper's page with questions
practice_terminal    an exercise as a conversation in plain text
bug_page             a pass with a mistake in it, as a page
sheet                sheets for a class: what stands on them
sheet_html_markdown  a sheet as HTML and Markdown
sheet_latex          a sheet as LaTeX
"""
