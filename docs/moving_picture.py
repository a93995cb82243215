"""Record the moving picture of the README, light and dark: `python -m docs.moving_picture` writes two GIFs.

It shows the real page of an exercise in a browser. A frame is taken where something changes, and stays for as long as
it takes to read. Needs Chromium, Playwright and Pillow: the extra `test`.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import micrograd
from micrograd._core.writing import write_file

DOCS = Path(__file__).parent
PICTURES = [("practice.gif", "light"), ("practice-dark.gif", "dark")]
WIDTH, HEIGHT, SCALE = 840, 700, 2
COLOURS = 128
LEVEL = 2
ANSWERS = [("2", 5.0), ("-7", 3.5), ("2", 2.5), ("3", 5.0), ("6", 3.0), ("-8", 4.5)]  # and seconds to read the reply
FIRST, KEY, TYPED = 1.8, 0.35, 0.9  # seconds: before the first key, between keys, before Enter


class Frame(NamedTuple):
    """What the page looks like, for so many seconds, and what it replies to the last answer."""

    image: Image.Image
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


def take(tab: Any) -> Image.Image:
    tab.wait_for_timeout(100)
    return Image.open(io.BytesIO(tab.screenshot(caret="initial"))).convert("RGB")


def encode(frames: list[Frame]) -> bytes:
    """A GIF that repeats. All frames have one palette, so that nothing flickers and what is unchanged costs nothing."""
    images = [frame.image for frame in frames]
    width, height = images[0].size
    seen = Image.new("RGB", (width, height * len(images)))
    for k, image in enumerate(images):
        seen.paste(image, (0, k * height))
    palette = seen.quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
    first, *others = (image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images)
    gif = io.BytesIO()
    durations = [round(1000 * frame.seconds) for frame in frames]
    first.save(gif, "GIF", save_all=True, append_images=others, duration=durations, loop=0, optimize=True, disposal=1)
    return gif.getvalue()


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, theme in PICTURES:
            gif = encode(record(browser, theme))
            print(f"{write_file(DOCS / name, gif)}: {len(gif) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
