"""The table of `micrograd/compiler/backends/_powers.h`: `python -m tools.powers`, with mpmath."""

import struct

from mpmath import mp


def bits_of(x: float) -> int:
    (bits,) = struct.unpack("<Q", struct.pack("<d", x))
    return int(bits)


def powers(n: int) -> list[tuple[float, int]]:
    """2^(k/n) for k from 0 on: how far the nearest float is off in proportion, and its bits without (k << 52) / n."""
    found = []
    for k in range(n):
        power = mp.mpf(2) ** (mp.mpf(k) / n)
        nearest = float(power)
        found.append((float((power - nearest) / nearest), bits_of(nearest) - (k << 52) // n))
    return found


if __name__ == "__main__":
    mp.prec = 200
    for off, bits in powers(128):
        print(f"{{{bits_of(off):#x}, {bits:#x}}},")
