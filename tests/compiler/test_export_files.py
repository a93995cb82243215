"""Exports as files, `.jaxexport`, `.pt2` and `.onnx`, in processes where this package cannot be imported."""

import json
import subprocess
import sys

import numpy as np
import pytest
from export_cases import CASES, agree, columns, reference

import micrograd
from benchmarks.ours import EAGER
from benchmarks.workloads.gpt import DOCUMENT, drawn, surprises
from micrograd import Value, index, pick, total
from micrograd.compiler.tracing.errors import TraceError
from micrograd.nn import Dropout

JAX = "JAX is not installed: pip install 'micrograd-lab[jax]'"
TORCH = "PyTorch is not installed: pip install 'micrograd-lab[torch]'"
ONNX = "a file for ONNX needs other packages: pip install 'micrograd-lab[onnx]'"
TOLERANCES = {"float64": 1e-12, "float32": 1e-5}
FILES = [("moons", "float64"), ("moons", "float32"), ("surprise", "float64"), ("document", "float64")]

# Runs the files of a folder, with batches of two sizes.
RUN = """
import json, sys
sys.path += json.loads(sys.argv[1])
sys.modules["micrograd"] = None
try:
    import micrograd
except ImportError:
    pass
else:
    raise SystemExit("micrograd can be imported")
import numpy as np
for name, count, kind in json.loads(sys.argv[2]):
    theta = np.load(f"{name}.theta.npy").astype(kind)
    arrays = [np.load(f"{name}.{k}.npy") for k in range(count)]
    arrays = [array if array.dtype.kind == "i" else array.astype(kind) for array in arrays]
    for size in (1, len(arrays[0])):
        for what, out in run(f"{name}.{kind}", theta, [array[:size] for array in arrays]):
            np.save(f"{name}.{kind}.{what}.{size}.npy", out)
"""
IN_JAX = """
import jax
import jax.export
def run(name, theta, arrays):
    jax.config.update("jax_enable_x64", "float64" in name)
    loss = jax.export.deserialize(bytearray(open(f"{name}.jaxexport", "rb").read()))
    assert set(loss.platforms) == {"cpu", "cuda"}
    arrays = [jax.numpy.asarray(array) for array in arrays]
    yield "jaxexport", loss.call(theta, *arrays)
    if len(arrays[0]) > 1:  # once is enough: it takes time to compile
        yield "gradient", jax.jit(jax.grad(lambda theta: loss.call(theta, *arrays).sum()))(theta)
"""
IN_TORCH = """
import onnxruntime
import torch
def run(name, theta, arrays):
    loss = torch.export.load(f"{name}.pt2").module()
    yield "pt2", loss(*map(torch.from_numpy, arrays)).detach()
    session = onnxruntime.InferenceSession(f"{name}.onnx", providers=["CPUExecutionProvider"])
    names = [given.name for given in session.get_inputs()]
    assert {given.shape[0] for given in session.get_inputs()} == {"n"}
    assert [output.name for output in session.get_outputs()] == ["output"]
    yield "onnx", session.run(None, dict(zip(names, arrays, strict=True)))[0]
"""


def document():
    """A small GPT on a document of three predictions."""
    engine = EAGER._replace(largest=micrograd.max)
    weights = drawn(engine)

    def loss(document):
        losses = list(surprises(engine, weights, document, pick))
        return total(losses) / len(losses)

    parameters = [p for matrix in weights.values() for row in matrix for p in row]
    return loss, parameters, [(list(map(index, of)),) for of in (DOCUMENT[:4], DOCUMENT[-4:])]


@pytest.fixture(scope="module")
def saved():
    """Compiled functions, an example of each, a batch as arrays, and the values and gradients of eager mode."""
    found = {}
    for name, make in {"moons": CASES["moons"], "surprise": CASES["surprise"], "document": document}.items():
        f, parameters, cases = make()
        arrays = columns(cases)
        if name != "moons":
            arrays[-1] = arrays[-1].astype(int)
        found[name] = micrograd.compile(f, parameters=parameters), cases[0], arrays, reference(f, parameters, cases)
    return found


def run(code, folder, saved):
    """Run the files where there are the packages that we have here, but not ours."""
    for name, (f, _, arrays, _) in saved.items():
        np.save(folder / f"{name}.theta.npy", [p.data for p in f.parameters])
        for k, array in enumerate(arrays):
            np.save(folder / f"{name}.{k}.npy", array)
    files = [(name, len(saved[name][2]), kind) for name, kind in FILES]
    paths = [path for path in sys.path if path.endswith("-packages")]
    beginning, end = RUN.split("import numpy as np\n")
    code = f"{beginning}import numpy as np\n{code}{end}"
    command = [sys.executable, "-I", "-S", "-c", code, json.dumps(paths), json.dumps(files)]
    out = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert out.returncode == 0, out.stderr


def check(folder, saved, *kinds_of_files):
    for name, kind in FILES:
        _, _, arrays, (values, gradients) = saved[name]
        for what in kinds_of_files:
            for size in {1, len(arrays[0])} - {1 if what == "gradient" else 0}:
                found = np.load(folder / f"{name}.{kind}.{what}.{size}.npy")
                expected = gradients[:size].sum(0) if what == "gradient" else values[:size]
                assert found.dtype == kind
                assert agree(found, expected, TOLERANCES[kind]).all(), (name, kind, what, size)


@pytest.mark.slow
@pytest.mark.once
def test_files_of_jax(saved, tmp_path):
    jax = pytest.importorskip("jax", reason=JAX)
    pytest.importorskip("flatbuffers", reason=JAX)
    before = jax.config.jax_enable_x64
    for name, kind in FILES:
        f, example, _, _ = saved[name]
        f.to_jax(*example).save(tmp_path / f"{name}.{kind}.jaxexport", dtype=kind)
    assert jax.config.jax_enable_x64 == before
    run(IN_JAX, tmp_path, saved)
    check(tmp_path, saved, "jaxexport", "gradient")


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the exporter's own modules, as they are imported
def test_files_of_torch(saved, tmp_path):
    torch = pytest.importorskip("torch", reason=TORCH)
    for package in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(package, reason=ONNX)
    for name, kind in FILES:
        f, example, _, _ = saved[name]
        module = f.to_torch(*example).to(getattr(torch, kind))
        for ending in ("pt2", "onnx"):
            module.save(tmp_path / f"{name}.{kind}.{ending}")
        assert module.training
    run(IN_TORCH, tmp_path, saved)
    check(tmp_path, saved, "pt2", "onnx")


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_files_of_structures(tmp_path):
    """A dict, a ragged list, a dict as the result; and no argument at all."""
    a = Value(0.5)

    def f(at, pair):
        return {"sum": a * at["x"] + pair[0], "all": [a * x for x in pair[1]]}

    f, g = micrograd.compile(f), micrograd.compile(lambda: [a, a * a])
    example = {"x": 2.0}, (1.0, [3.0, 4.0])
    batch = {"x": np.array([2.0, 3.0])}, (np.ones(2), np.array([[3.0, 4.0], [5.0, 6.0]]))
    expected = [2.0, 2.5], [[1.5, 2.0], [2.5, 3.0]]

    jax = pytest.importorskip("jax", reason=JAX)
    pytest.importorskip("flatbuffers", reason=JAX)
    export = pytest.importorskip("jax.export")
    read = [
        export.deserialize(bytearray(each.save(tmp_path / "f.jaxexport", dtype="float32").read_bytes()))
        for each in (f.to_jax(*example), g.to_jax())
    ]
    theta, *numbers = jax.tree.map(np.float32, ([0.5], *batch))
    out = read[0].call(np.array(theta), *numbers)
    assert agree(out["sum"], expected[0]).all()
    assert agree(out["all"], expected[1]).all()
    assert agree(read[1].call(np.array(theta)), [0.5, 0.25]).all()

    torch = pytest.importorskip("torch", reason=TORCH)
    runtime = pytest.importorskip("onnxruntime", reason=ONNX)
    at, (one, more) = {"x": torch.tensor(batch[0]["x"])}, map(torch.tensor, batch[1])
    for module, arguments in ((f.to_torch(*example), (at, (one, more))), (g.to_torch(), ())):
        out = torch.export.load(module.save(tmp_path / "f.pt2")).module()(*arguments)
        session = runtime.InferenceSession(module.save(tmp_path / "f.onnx"))
        names = [given.name for given in session.get_inputs()]
        found = session.run(None, dict(zip(names, [x.numpy() for x in (at["x"], one, more)], strict=False)))
        assert [out.name for out in session.get_outputs()] == (["output_0", "output_1"] if arguments else ["output"])
        wanted = expected if arguments else ([0.5, 0.25],)
        for results in (found, list(out.values()) if arguments else [out]):
            assert all(agree(result.tolist(), right).all() for result, right in zip(results, wanted, strict=True))


# ---- what cannot be saved


def test_another_ending(tmp_path):
    f, parameters, cases = CASES["moons"]()
    f = micrograd.compile(f, parameters=parameters)
    g = f.to_numpy(*cases[0])
    assert g.save(tmp_path / "loss.py").read_text() == g.source
    with pytest.raises(ValueError, match=r"an export to NumPy is saved as \.py, got 'loss\.h5'$"):
        g.save(tmp_path / "loss.h5")
    with pytest.raises(ValueError, match=r"got 'loss\.onnx'; \.onnx is for those of to_torch"):
        g.save(tmp_path / "loss.onnx")
    with pytest.raises(TypeError, match=r"\.jaxexport has the options dtype and platforms, \.py has not dtype$"):
        g.save(tmp_path / "loss.py", dtype="float32")
    assert [path.name for path in tmp_path.iterdir()] == ["loss.py"]


def test_an_ending_of_jax(tmp_path, monkeypatch):
    pytest.importorskip("jax", reason=JAX)
    f, parameters, cases = CASES["moons"]()
    g = micrograd.compile(f, parameters=parameters).to_jax(*cases[0])
    with pytest.raises(ValueError, match=r"saved as \.py or \.jaxexport, got 'loss'"):
        g.save(tmp_path / "loss")
    with pytest.raises(ValueError, match="floating-point numbers, such as 'float32', got 'int32'"):
        g.save(tmp_path / "loss.jaxexport", dtype="int32")
    with pytest.raises(ValueError, match=r"platforms are some of cpu, cuda, rocm, tpu, got \['gpu'\]"):
        g.save(tmp_path / "loss.jaxexport", platforms="gpu")
    with pytest.raises(TypeError, match=r"has the options dtype and platforms, \.jaxexport has not platform$"):
        g.save(tmp_path / "loss.jaxexport", platform="cpu")
    monkeypatch.setitem(sys.modules, "flatbuffers", None)
    with pytest.raises(ImportError, match=r"needs flatbuffers: pip install 'micrograd-lab\[jax\]'"):
        g.save(tmp_path / "loss.jaxexport")
    assert not list(tmp_path.iterdir())


def test_an_ending_of_torch(tmp_path, monkeypatch):
    pytest.importorskip("torch", reason=TORCH)
    f, parameters, cases = CASES["moons"]()
    module = micrograd.compile(f, parameters=parameters).to_torch(*cases[0])
    with pytest.raises(ValueError, match=r"saved as \.py or \.pt2 or \.onnx, got 'loss\.jaxexport'; .* to_jax"):
        module.save(tmp_path / "loss.jaxexport")
    with pytest.raises(TypeError, match=r"\.pt2 has not dtype; the type of a module .* module\.float\(\) first"):
        module.save(tmp_path / "loss.pt2", dtype="float32")
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ImportError, match=r"needs onnx\w*: pip install 'micrograd-lab\[onnx\]'"):
        module.save(tmp_path / "loss.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("engine", ["jax", "torch"])
def test_what_only_the_source_can_do(tmp_path, engine):
    pytest.importorskip(engine, reason={"jax": JAX, "torch": TORCH}[engine])
    ending = {"jax": "jaxexport", "torch": "pt2"}[engine]
    a, dropout = Value(2.0), Dropout(0.5)
    dropped = micrograd.compile(lambda x: dropout(a * x))
    decided = micrograd.compile(lambda x: a * x if x > 0 else a)
    for f, options, way in ((dropped, {}, "eval"), (decided, {"guards": "check"}, 'guards="nan"')):
        export = getattr(f, f"to_{engine}")(1.0, **options)
        with pytest.raises(TraceError, match=f"which only its source can: save it as .py, or .*{way}"):
            export.save(tmp_path / f"f.{ending}")
        export.save(tmp_path / "f.py")
