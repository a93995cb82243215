"""The moving picture of the README: what is stored is small and complete, and the page still gives those replies."""

from PIL import Image

from docs import moving_picture

FRAMES = 1 + sum(len(answer) + 1 for answer, _ in moving_picture.ANSWERS)  # one for each key, Enter too
LARGEST = 1_500_000  # bytes, of both


def test_the_stored_pictures_are_complete_and_small():
    paths = [moving_picture.DOCS / name for name, _ in moving_picture.PICTURES]
    for path in paths:
        with Image.open(path) as picture:
            assert picture.n_frames == FRAMES and picture.info["loop"] == 0
            assert picture.size == (
                moving_picture.WIDTH * moving_picture.SCALE,
                moving_picture.HEIGHT * moving_picture.SCALE,
            )
    assert sum(path.stat().st_size for path in paths) <= LARGEST


def test_the_page_still_says_which_mistake_was_made(browser):
    frames = moving_picture.record(browser, "dark")
    assert len(frames) == FRAMES
    replies = [frame.reply for frame in frames if frame.reply]
    first, second = [reply for reply in replies if reply.startswith("✗")]
    assert "× gives an operand its own value" in first and "upstream forgotten" in second
    assert sum("✓ Right" in reply for reply in replies) == len(moving_picture.ANSWERS) - 2
