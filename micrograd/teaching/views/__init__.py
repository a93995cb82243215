"""A backward pass and its exercises as pages, in the terminal, and on paper.

document             a page as one string of HTML: text, styles, scripts, packed data
scene                the picture in a page, and which contributions make a layer
page                 the stepper as a page
slides               the stepper as slides: what each of them says and shows
slide_graph          the graph on a slide
slide_picture        a slide as a picture: the graph, and the words around it
slide_files          the stepper in a file: a page, pictures, a moving picture, a film
terminal             the stepper as a conversation in plain text
practice_page        the stepper's page with questions
practice_terminal    an exercise as a conversation in plain text
update_page          several updates as a page
update_terminal      the same as a conversation in plain text
bug_page             a pass with a mistake in it, as a page
sheet                sheets for a class: their content
sheet_marks          their lines, with italics and indices
sheet_html           a sheet as HTML, a student's sheet, and the key to those of a class
sheet_markdown       a sheet as Markdown
sheet_latex          a sheet as LaTeX
export               a sheet written to a file, in the form that its name asks for
paper                pages of a PDF: lines, footers
paper_table          a table on such a page
paper_graph          a graph on such a page
class_pdf            a class's sheets as PDF, and the key to them

The scripts of every page, in the order in which they run; each is a function of one object, `page`:

start                unpacks the data, runs the others, starts again for another round
elements, host       elements of the page; what the page tells the one around its frame
read                 nodes and steps from the data and the ledger
position             where the page stands in the pass, how it moves, what an exercise may replace
picture, ledger, step   draw the position: in the graph, in the two columns, in the panel
controls, outline    buttons and keys; the graph as a list
numbers              numbers as they are typed

Those of one kind of page: predict, broken and present (the stepper), update (several updates), judging and questions
(practice), bug (find the bug).
"""
