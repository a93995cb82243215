import copy
import pickle

import cloudpickle

import micrograd
from micrograd import Value, nn

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


class Kept(Value):
    pass


def graph():
    a, b = Value(1.5, label="a"), Value(-0.5, label="b")
    a.own = [1, 2]
    out = (a * b + a**2).tanh() * 3
    return micrograd.total([out, micrograd.dot([a, b], [b, 2.0], a), out.relu()])


def attempt(act, *arguments):
    try:
        return act(*arguments)
    except Exception as error:
        return error


out = graph()
out.backward()
out
copies = [pickle.loads(pickle.dumps(out, protocol)) for protocol in PROTOCOLS]
copies
[c.backward() for c in copies]
[c.zero_grad() for c in copies]
[c.refresh() for c in copies]
pickle.dumps(out) == pickle.dumps(pickle.loads(pickle.dumps(out)))
[len(pickle.dumps(out, protocol)) for protocol in PROTOCOLS]
pickle.loads(pickle.dumps([out, out.parents[0], out]))
deep = copy.deepcopy(out)
deep
deep.backward()
shallow = copy.copy(out)
shallow
shallow.parents[0] is out.parents[0]
copy.copy(Value(2.0, label="leaf"))
copy.deepcopy(Value(2.0, label="leaf"))
cloudpickle.loads(cloudpickle.dumps(out))
cloudpickle.loads(cloudpickle.dumps(lambda x: x * out))(2.0)
cloudpickle.loads(cloudpickle.dumps(Value)) is Value
pickle.loads(pickle.dumps(Value)) is Value
pickle.loads(pickle.dumps(Value(1.0).tanh))()
pickle.loads(pickle.dumps(Value(1.0).backward))()
copy.copy(Value.tanh) is Value.tanh
attempt(pickle.dumps, Kept(1.0))
v = Value(3.0, (Value(1.0),), "own")
copy.deepcopy(v)
v._backward = lambda: None
copy.deepcopy(v)
pickle.dumps(v)
v = Value(1.0)
v.me = v
copy.deepcopy(v).me.data
pickle.loads(pickle.dumps(v)).me.data
v = Value(1.0)
v.grad, v._data = 3, 4
copy.deepcopy(v)
v.grad = None
copy.deepcopy(v)
g = Value(-1.0).relu() * 2
g.backward()
copy.deepcopy(g)
copy.deepcopy(g).parents[0].partials
[type(x) for x in copy.deepcopy(g).parents[0].partials]
model = nn.MLP(2, [3, 1], rng=1)
again = pickle.loads(pickle.dumps(model))
[p.data for p in again.parameters()] == [p.data for p in model.parameters()]
again([1.0, 2.0])
copy.deepcopy(model)([1.0, 2.0])
loss = model([1.0, 2.0])
copy.deepcopy(loss)
copy.deepcopy([loss, loss.parents[0]])
out.__reduce__()[1]
out.__reduce_ex__(2)[0].__name__
deepest = Value(1.0)
for _ in range(2_000):
    deepest = deepest + 1
copy.deepcopy(deepest).data
pickle.loads(pickle.dumps(deepest)).data
