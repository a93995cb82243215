"""Where boxes stand: layered layout (Sugiyama, Tagawa and Toda 1981).

ranking   columns, as short as the edges allow
ordering  the order within a column, with few crossings
placing   positions, as straight as the order allows
routing   the whole layout, and the curves of its edges
"""
