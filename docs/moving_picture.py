"""Record the moving picture of the README, light and dark: `python -m docs.moving_picture` writes two GIFs.

It shows the real page of an exercise in a browser. A frame is taken where something changes, and stays for as long as
it takes to read. Needs Chromium, Playwright and Pillow: the extra `test`.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, sync_playwright

import micrograd
from micrograd._core.writing import write_file
from micrograd.drawing.moving import gif

DOCS = Path(__file__).parent
PICTURES = [("practice.gif", "light"), ("practice-dark.gif", "dark")]
WIDTH, HEIGHT, SCALE = 840, 700, 2
LEVEL = 2
ANSWERS = [("2", 5.0), ("-7", 3.5), ("2", 2.5), ("3", 5.0), ("6", 3.0), ("-8", 4.5)]  # and seconds to read the reply
FIRST, KEY, TYPED = 1.8, 0.35, 0.9  # seconds: before the first key, between keys, before Enter


class Frame(NamedTuple):
    """What the page looks like, for so many seconds, and what it replies to the last answer."""

    image: bytes
    seconds: float
    reply: str = ""


def record(browser: Browser, theme: str) -> list[Frame]:
    """Answer the questions of the page, and take a frame before the first key, and after every key."""
    exercise = micrograd.practice(level=LEVEL, blanks=2, formulas=False)
    tab = browser.new_page(
        viewport={"width": WIDTH, "height": HEIGHT},
        device_scale_factor=SCALE,
        color_scheme=theme,
        reduced_motion="reduce",
    )
    tab.set_content(exercise.html)
    field = tab.locator("[name=answer]")
    field.wait_for()
    frames = [Frame(take(tab), FIRST)]
    for answer, seconds in ANSWERS:
        for k, key in enumerate(answer, start=1):
            field.press_sequentially(key)
            frames.append(Frame(take(tab), TYPED if k == len(answer) else KEY))
        field.press("Enter")
        frames.append(Frame(take(tab), seconds, tab.locator("#story").inner_text()))
    tab.close()
    return frames


def take(tab: Any) -> bytes:
    tab.wait_for_timeout(100)
    content: bytes = tab.screenshot(caret="initial")
    return content


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, theme in PICTURES:
            frames = record(browser, theme)
            moving = gif([frame.image for frame in frames], [frame.seconds for frame in frames])
            print(f"{write_file(DOCS / name, moving)}: {len(moving) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
