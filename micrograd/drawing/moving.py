"""Moving pictures, from PNGs and the seconds that each of them stays: GIF by Pillow, MP4 by ffmpeg.

The same pictures give the same bytes, with the same version of Pillow or ffmpeg.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from micrograd._core.writing import write_file

COLOURS = 128  # of a palette
EXACT = 16  # of them that are exactly as they were
SEEN = 24  # pictures from which the colours are chosen
RATE = 5  # pictures of a film in a second
OPTIONS = (
    f"-vf fps={RATE},scale=trunc(iw/2)*2:trunc(ih/2)*2 -pix_fmt yuv420p "
    "-c:v libx264 -preset veryfast -crf 18 -tune stillimage -movflags +faststart "
    "-map_metadata -1 -fflags +bitexact -flags:v +bitexact"
)


def gif(images: Sequence[bytes], seconds: Sequence[float]) -> bytes:
    """A GIF that repeats. All pictures have one palette, so that nothing flickers and what is unchanged costs nothing.

    Raises `ImportError` without Pillow.
    """
    try:
        from PIL import Image
    except ImportError:
        raise ImportError('a GIF needs the package Pillow: pip install "micrograd-lab[pictures]"') from None

    def read(image: bytes) -> Any:
        return Image.open(io.BytesIO(image)).convert("RGB")

    some = images[:: -(-len(images) // SEEN)]
    width, height = read(images[0]).size
    seen = Image.new("RGB", (width, height * len(some)))
    for k, image in enumerate(some):
        seen.paste(read(image), (0, k * height))
    palette = seen.quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
    _keep_exact(palette, seen)
    first, *others = (read(image).quantize(palette=palette, dither=Image.Dither.NONE) for image in images)
    content = io.BytesIO()
    durations = [round(1000 * s) for s in seconds]
    first.save(
        content, "GIF", save_all=True, append_images=others, duration=durations, loop=0, optimize=True, disposal=1
    )
    return content.getvalue()


def _keep_exact(palette: Any, image: Any) -> None:
    """Put the commonest colours of `image` into its palette as they are: a mean of many would make white a little grey.

    They take the places of all that are close to them, for Pillow looks up a colour by the five highest bits of it.
    """
    table = palette.getpalette()
    colours = [tuple(table[k : k + 3]) for k in range(0, len(table), 3)]
    commonest = sorted(image.getcolors(image.width * image.height), reverse=True)[:EXACT]
    for _, exact in reversed(commonest):
        colours = [exact if max(abs(a - b) for a, b in zip(c, exact, strict=True)) < 8 else c for c in colours]
    palette.putpalette([part for c in colours for part in c])


def mp4(images: Sequence[bytes], seconds: Sequence[float]) -> bytes:
    """A film in H.264. Raises `FileNotFoundError` without ffmpeg, and `OSError` with what ffmpeg complains of."""
    ffmpeg = find_ffmpeg()
    with TemporaryDirectory(prefix="micrograd-film-") as name:
        folder = Path(name)
        for k, image in enumerate(images):
            write_file(folder / f"{k}.png", image)
        lines = [f"file {k}.png\nduration {s:.3f}\n" for k, s in enumerate(seconds)]
        write_file(folder / "list.txt", "".join([*lines, f"file {len(images) - 1}.png\n"]))
        command = [ffmpeg, *"-v error -f concat -i list.txt".split(), *OPTIONS.split(), "film.mp4"]
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise OSError(f"ffmpeg could not write the film: {said[-1] if said else f'exit code {done.returncode}'}")
        return (folder / "film.mp4").read_bytes()


def find_ffmpeg() -> str:
    """The program on the path, or else the one that the package imageio-ffmpeg brings."""
    if found := shutil.which("ffmpeg"):
        return found
    try:
        import imageio_ffmpeg
    except ImportError:
        raise FileNotFoundError(
            "MP4 needs ffmpeg: install it (apt install ffmpeg, brew install ffmpeg, winget install ffmpeg) or run "
            'pip install "micrograd-lab[film]"; a GIF needs neither'
        ) from None
    return str(imageio_ffmpeg.get_ffmpeg_exe())
