"""What there is to see of a training: drawings in which some parts change from moment to moment.

sheet     a drawing and what changes in it; scales and axes
choose    which scenes a training has
curves    the loss and other figures over the epochs
plane     points in the plane, curves through points, outputs against targets
classes   images with their guesses, the confusion matrix
layers    parameters and gradients by tensor
network   the graph with its numbers and its heat
contours  the lines of a field
raster    small images
"""
