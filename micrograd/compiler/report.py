"""What `repr` tells of a compiled function: how much became how little, in which stages, and how long they took."""

from __future__ import annotations

from micrograd.compiler.programs import Programs


def report(title: str, programs: Programs | None, traces: int, backend: str) -> str:
    """A few lines; one line before the first call."""
    if programs is None:
        return f"<compiled {title}: not called yet>"
    tape = programs.tape
    counts = [f"{counted(len(tape.operations), 'operation')} recorded", f"{programs.nodes:,} different nodes"]
    lines = [f"<compiled {title}: {counted(traces, 'trace')}, {backend} backend"]
    for mode, (rows, terms) in programs.sizes.items():
        counts.append(f"{rows:,} sums and functions of {terms:,} terms ({mode})")
    lines.append("  " + " → ".join(counts[:2]) + "".join(f"\n    → {count}" for count in counts[2:]))
    if tape.guards:
        lines.append(f"  checked at each call: {counted(len(tape.guards), 'decision')}")
    lines.append("  " + ", ".join(f"{stage} {1e3 * seconds:,.1f} ms" for stage, seconds in programs.times.items()))
    return "\n".join(lines) + ">"


def counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" + ("s" if n != 1 else "")
