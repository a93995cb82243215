"""Cases that are not yet as they say."""

NOT_YET = set(
    """
    masked_by_nan spread_by_numpy
    """.split()
)
