"""What `repr` tells of a compiled function: how much became how little, in which stages, and how long they took."""

from __future__ import annotations

from micrograd.compiler.programs import Programs


def report(title: str, programs: Programs | None, traces: int, backend: str) -> str:
    """A few lines; one line before the first call."""
    if programs is None:
        return f"<compiled {title}: not called yet>"
    tape = programs.tape
    counts = [f"{len(tape.operations):,} operations recorded", f"{programs.nodes:,} different nodes"]
    lines = [f"<compiled {title}: {traces} trace{'s' if traces != 1 else ''}, {backend} backend"]
    for mode, (rows, terms) in programs.sizes.items():
        counts.append(f"{rows:,} sums and functions of {terms:,} terms ({mode})")
    lines.append("  " + " → ".join(counts[:2]) + "".join(f"\n    → {count}" for count in counts[2:]))
    if tape.guards:
        lines.append(f"  {len(tape.guards):,} decisions are checked at each call")
    lines.append("  " + ", ".join(f"{stage} {1e3 * seconds:,.1f} ms" for stage, seconds in programs.times.items()))
    return "\n".join(lines) + ">"
