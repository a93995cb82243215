class Value:
    """A number that remembers how it was made. The forward pass is there: fill in the backward pass."""

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self._prev = set(parents)
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def _backward():
            pass  # your turn: what do self.grad and other.grad get?

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def _backward():
            pass  # your turn

        out._backward = _backward
        return out

    def backward(self):
        pass  # your turn: which nodes, and in which order?
