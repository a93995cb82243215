"""What blocks mean, in plain Python, to hold the kernel and every transformation of blocks to."""

from itertools import product

from program_reference import result

from micrograd.compiler.stages.blocks import NOWHERE, Block, Group, Loop


def run(blocks, inputs):
    """The outputs, for these inputs."""
    u = [1.0, *map(float, inputs), *blocks.constants]
    u += [None] * (blocks.slots - len(u))  # not written yet: reading one fails
    for step in blocks:
        if isinstance(step, Loop):
            for time in range(step.times):
                for inner in step.steps:
                    write(blocks, inner, u, time)
        else:
            write(blocks, step, u, 0)
    return [u[slot] for slot in blocks.outputs]


def write(blocks, step, u, time):
    done = []
    if isinstance(step, Group):
        for k, row in enumerate(step.rows):
            terms = [(u[t.left + time * t.left_moves], u[t.right + time * t.right_moves]) for t in row]
            done.append((step.out + k + time * step.moves, result(step.kind, terms)))
    else:
        for k, lane in enumerate(product(*map(range, step.dims))):
            done += block_lane(blocks, step, u, time, k, lane)
    for slot, x in done:
        assert u[slot] is None, f"slot {slot} is written twice"
        u[slot] = x


def block_lane(blocks, step, u, time, k, lane):
    """The slots that one lane of a block is written to, with the numbers."""
    assert isinstance(step, Block)

    def read(view, t=0):
        place = view.base + sum(i * s for i, s in zip(lane, view.strides, strict=True)) + t * view.along
        if view.indexed:
            return u[blocks.index[place] + time * view.moves]
        return u[place + time * view.moves]

    terms = [(read(p.left, t), read(p.right, t)) for p in step.pieces for t in range(p.terms)]
    x = result(step.kind, terms)
    if step.out != NOWHERE:
        yield step.out + k + time * step.moves, x
    for tail in step.tails:
        other = read(tail.other)
        if tail.kind == "sum":
            x = x * other
        elif tail.kind in ("gate", "relu gate"):
            x = result(tail.kind, [(other, x)])
        else:
            x = result(tail.kind, [(x, 1.0)])
        if tail.out != NOWHERE:
            yield tail.out + k + time * step.moves, x
