"""A stepper written to a file, in the form that the file's name asks for: a page, or slides as pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from micrograd._core.writing import write_file
from micrograd.drawing.export import png
from micrograd.drawing.moving import gif, mp4
from micrograd.teaching.views.page import Page
from micrograd.teaching.views.slide_picture import Deck, draw_slide
from micrograd.teaching.views.slides import Slide, make_slides

PAGES = (".html", ".htm")
FILMS: dict[str, Callable[[Sequence[bytes], Sequence[float]], bytes]] = {".gif": gif, ".mp4": mp4}
ENDINGS = ".html, .png, .gif or .mp4"
WIDTH, NARROWEST, WIDEST = 1280, 320, 7680  # pixels
MOST = 300  # slides
PAUSE, WORD, LONGEST = 1.5, 0.13, 10.0  # seconds: for each slide, for each word on it, at most


def check_options(path: Path, width: int | None, seconds: float | None) -> None:
    """Raises `ValueError` for an ending or an option that does not fit, with what does."""
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        raise ValueError(
            f"a stepper is saved as {ENDINGS}; for {path.name!r}, save slides.html and print it: a slide a page"
        )
    if suffix not in (*PAGES, ".png", *FILMS):
        raise ValueError(f"a stepper is saved as {ENDINGS}, got {path.name!r}")
    if width is not None and suffix in PAGES:
        raise ValueError("width is for pictures, .png, .gif and .mp4: a page is as wide as its window")
    if width is not None and not (isinstance(width, int) and NARROWEST <= width <= WIDEST):
        raise ValueError(f"width must be a whole number of pixels from {NARROWEST} to {WIDEST}, got {width!r}")
    if seconds is not None and suffix not in FILMS:
        raise ValueError("seconds is for moving pictures, .gif and .mp4")
    if seconds is not None and not (isinstance(seconds, (int, float)) and 0.1 <= seconds <= 600):
        raise ValueError(f"seconds must be a number from 0.1 to 600, got {seconds!r}")


def write_slides(page: Page, path: Path, width: int | None, seconds: float | None, theme: str) -> list[Path]:
    """Write the slides as one moving picture, or each as a PNG with its number in its name; return the paths."""
    slides = make_slides(page)
    if len(slides) > MOST:
        raise ValueError(
            f"at most {MOST} slides become pictures, this pass has {len(slides):,}: step through a smaller expression, "
            "or save it as .html"
        )
    deck = Deck(page.scene, page.title, len(slides), theme)
    images = [png(draw_slide(deck, slide, k), width or WIDTH) for k, slide in enumerate(slides, start=1)]
    if film := FILMS.get(path.suffix.lower()):
        return [write_file(path, film(images, [seconds or time_to_read(slide) for slide in slides]))]
    digits = max(2, len(str(len(images))))
    return [
        write_file(path.with_name(f"{path.stem}-{k:0{digits}}{path.suffix}"), image)
        for k, image in enumerate(images, start=1)
    ]


def time_to_read(slide: Slide) -> float:
    return min(LONGEST, PAUSE + WORD * slide.words)
