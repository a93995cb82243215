"""Small programs, one network each, to run and to change: `python -m examples.by_hand`, and so on.

by_hand          a 2-2-2 sigmoid network: every number of one step
small_weights    a 4-3-3-2 ReLU network: two derivatives as formulas
noise            a 10-20-10-5 classifier memorises noise
four_equations   the four equations of backpropagation hold
digits           64-30-10 on handwritten digits, from five seeds
deeper           batch normalisation and dropout, in training and in evaluation
moons            the original micrograd's classifier, with its published losses
"""
