"""Functions that a source for PyTorch may need, with our derivatives where PyTorch has none or others."""

from __future__ import annotations

TOGETHER = """def together(*xs):  # of one shape and type
    first = next(x for x in xs if torch.is_tensor(x))
    return torch.broadcast_tensors(*(torch.as_tensor(x, dtype=first.dtype, device=first.device) for x in xs))"""
PASS = """def passed(slope, d):  # exactly 0 where the slope is 0, whatever d is
    return torch.where(slope == 0, 0, slope * d)"""
PICK = """def pick(values, i):  # nan, with its derivatives, where there is no such value
    there = (i >= 0) & (i < values.shape[-1]) & (i == torch.floor(i))
    shape = torch.broadcast_shapes(i.shape, values.shape[:-1])
    k = torch.where(there, i, 0).long().expand(shape)[..., None]
    found = torch.gather(values.expand(*shape, values.shape[-1]), -1, k)[..., 0]
    return torch.where(there, 1.0, torch.nan).to(found) * found"""
SURPRISE = """def surprise(z, y):
    right = torch.abs(y[..., None] - torch.arange(z.shape[-1], device=z.device)) < 0.5
    largest = z.max(-1).values
    x = torch.where(right[..., 1:].any(-1), z.masked_fill(~right, 0).sum(-1), z[..., 0])
    weights = torch.exp((z - largest[..., None]).masked_fill(z >= torch.inf, 0)).masked_fill(right, 0)
    rest = weights.sum(-1)
    own = torch.where(x >= torch.inf, torch.zeros_like(x).masked_fill(rest > 0, torch.nan), x - largest)
    return own, rest, right, weights"""
CROSS_ENTROPY = """class CrossEntropy(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(z, y):
        own, rest, _, _ = surprise(z, y)
        return torch.log1p(rest + torch.expm1(own)) - own

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, d):  # softmax(z) - onehot(y)
        own, rest, right, weights = surprise(*ctx.saved_tensors)
        slope = torch.where(right, -rest[..., None], weights) / (rest + torch.exp(own))[..., None]
        return d[..., None] * slope, None


def cross_entropy(z, y):
    y = torch.as_tensor(y, device=z.device)
    shape = torch.broadcast_shapes(y.shape, z.shape[:-1])
    return CrossEntropy.apply(z.expand(*shape, z.shape[-1]), y.expand(shape))"""
LOGSUMEXP = """class LogSumExp(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(z):
        largest, rest = from_largest(z)
        return torch.where(torch.abs(largest) < torch.inf, largest + torch.log1p(rest), largest)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, d):
        (z,) = ctx.saved_tensors
        largest, rest = from_largest(z)
        weights = torch.exp((z - largest[..., None]).masked_fill(z >= torch.inf, 0))
        return d[..., None] * weights / (1 + rest)[..., None]


def from_largest(z):  # the largest one, and the sum of the weights of the others
    place = z.argmax(-1, keepdim=True)
    largest = torch.gather(z, -1, place)
    own = torch.arange(z.shape[-1], device=z.device) == place
    return largest[..., 0], torch.exp(z - largest).masked_fill(own, 0).sum(-1)


def logsumexp(z):
    return LogSumExp.apply(z)"""
LARGEST = """def largest(x):  # the derivative belongs to the first one
    out = torch.gather(x, -1, x.argmax(-1, keepdim=True))[..., 0]
    return out * torch.where(out == out, 1.0, torch.nan).to(out)"""
NORM = """class Norm(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        scale = torch.abs(x).max(-1).values
        scale = scale.masked_fill(~((scale > 0) & (scale < torch.inf)), 1)
        return scale * torch.sqrt(((x / scale[..., None]) ** 2).sum(-1))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, d):
        (x,) = ctx.saved_tensors
        out = norm(x)[..., None]
        return d[..., None] * (x / out).masked_fill(~(out > 0), 0)


def norm(x):
    return Norm.apply(x)"""
WINDOWS = """def windows(x, sizes, axes):  # every window along these axes, as further axes
    for size, axis in zip(sizes, axes):
        x = x.unfold(axis, size, 1)
    return x"""
SOFTPLUS = """def _softplus(x):
    return torch.logaddexp(x, torch.zeros_like(x))"""
CBRT = """def _cbrt(x):
    root = torch.sign(x) * torch.abs(x) ** (1 / 3)
    return torch.where((root == 0) | torch.isinf(root), root, root - (root - x / root**2) / 3)"""

POWER = """def power(x, k):  # for a plain 0.5, here or in a derivative, PyTorch takes the square root, also of -inf
    return torch.pow(x, torch.full((), k, dtype=x.dtype, device=x.device))"""
RELU = """class Relu(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return torch.relu(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, d):  # nan where x is
        (x,) = ctx.saved_tensors
        return torch.ops.aten.threshold_backward(d, x, 0).masked_fill(x != x, torch.nan)


def relu(x):
    return Relu.apply(x)"""

HELPERS = {
    "power": POWER,
    "relu()": RELU,
    "softplus": SOFTPLUS,
    "cbrt": CBRT,
    "together": TOGETHER,
    "passed": PASS,
    "pick()": PICK,
    "surprise": SURPRISE,
    "cross_entropy()": CROSS_ENTROPY,
    "logsumexp()": LOGSUMEXP,
    "largest()": LARGEST,
    "smallest()": LARGEST.replace("largest", "smallest").replace("argmax", "argmin"),
    "norm()": NORM,
    "windows": WINDOWS,
}
