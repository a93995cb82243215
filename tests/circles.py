"""Whether what a function leaves behind, circles as well, is collected."""

import gc


def grows(once, times=5, spare=5):
    """Whether the number of objects grows by more than a few while the function runs again and again."""
    once()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(times):
        once()
    gc.collect()
    return len(gc.get_objects()) > before + spare
