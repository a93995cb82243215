"""Every file is written whole or not at all, also by killed writers, on a full disk, by many at once; and no wider."""

import ast
import errno
import os
import random
import re
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from budget import tries

import micrograd
from micrograd import Value
from micrograd._core import writing
from micrograd._core.writing import write_file
from micrograd.cli.demos import pictures
from micrograd.cli.main import main
from micrograd.nn import MLP

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.once  # neither engine writes files
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes, locks and signals")


def model(seed=0):
    return MLP(2, [3, 1], rng=random.Random(seed))


def graph():
    x = Value(2.0, label="x")
    return x * x


def matplotlib_picture(path):
    pictures.save(pictures.curves({"loss": [1.0, 0.5]}, "step"), path.parent, path.name)


WRITERS = {
    "text": lambda path: write_file(path, "½ text"),
    "model.safetensors": lambda path: model().save(path),
    "picture.svg": lambda path: micrograd.draw(graph()).save(path),
    "picture.png": lambda path: micrograd.draw(graph()).save(path),
    "picture.pdf": lambda path: micrograd.draw(graph()).save(path),
    "picture.html": lambda path: micrograd.draw(graph()).save(path),
    "picture.dot": lambda path: micrograd.draw(graph()).save(path),
    "graph.gv": lambda path: micrograd.draw_dot(graph()).save(path),
    "step.html": lambda path: micrograd.step(graph()).save(path),
    "practice.html": lambda path: micrograd.practice(level=1).save(path),
    "bug.html": lambda path: micrograd.practice(level=2, seed=1).bug().save(path),
    "sheet.md": lambda path: micrograd.practice(level=1).export(path),
    "sheet.tex": lambda path: micrograd.practice(level=1).export(path),
    "sheet.html": lambda path: micrograd.practice(level=1).export(path),
    "plot.png": matplotlib_picture,
    "plot.svg": matplotlib_picture,
}
SLOW = {"plot.png", "plot.svg", "picture.pdf", "sheet.html", "practice.html"}
every_writer = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in WRITERS]
)


def others(path):
    """What lies beside a file, except the picture of a sheet in Markdown."""
    return sorted(set(os.listdir(path.parent)) - {path.name, path.with_suffix(".svg").name})


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


# ---- every writer of the package


@every_writer
def test_a_full_disk_leaves_the_old_file_whole(name, tmp_path, monkeypatch):
    path = tmp_path / name
    path.write_bytes(b"old")

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    for step in ("fsync", "replace"):
        with monkeypatch.context() as broken:
            broken.setattr(os, step, full)
            with pytest.raises(OSError, match="No space left on device: .*" + re.escape(path.stem)) as caught:
                WRITERS[name](path)
        assert caught.value.errno == errno.ENOSPC and ".tmp" not in str(caught.value)
        assert path.read_bytes() == b"old" and others(path) == []
    WRITERS[name](path)
    assert path.stat().st_size > 3 and others(path) == []


@POSIX
@every_writer
def test_modes_links_and_read_only_files(name, tmp_path):
    path, link = tmp_path / name, tmp_path / "links" / name
    link.parent.mkdir()
    link.symlink_to(path)
    path.write_bytes(b"old")
    path.chmod(0o600)
    WRITERS[name](link)
    assert link.is_symlink() and path.read_bytes() != b"old" and mode(path) == 0o600
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(PermissionError, match=re.escape(path.name) + "' is read-only and stays as it is: make it wr"):
        WRITERS[name](path)
    assert path.read_bytes() == b"old" and mode(path) == 0o444 and others(path) == ["links"]


@pytest.mark.parametrize("name", [name for name in WRITERS if not name.startswith(("plot", "graph"))])
def test_a_folder_that_is_not_there_and_one_in_the_place_of_the_file(name, tmp_path):
    path = tmp_path / "no" / name
    with pytest.raises(FileNotFoundError, match=r"there is no folder '.*no'; create it first \(mkdir -p\)") as caught:
        WRITERS[name](path)
    assert caught.value.errno == errno.ENOENT
    path.mkdir(parents=True)
    with pytest.raises(IsADirectoryError, match="is a folder: add the name of a file"):
        WRITERS[name](path)
    assert os.listdir(path) == [] and others(path) == []


@pytest.mark.slow
def test_folders_that_these_two_create(tmp_path):
    WRITERS["plot.png"](tmp_path / "a" / "plot.png")
    WRITERS["graph.gv"](tmp_path / "b" / "c" / "graph.gv")
    assert (tmp_path / "a" / "plot.png").exists() and (tmp_path / "b" / "c" / "graph.gv").exists()


MAY_WRITE = re.compile(r"open\(|_text\(|_bytes\(|savefig|rename|_to\(|emp|os\.replace|nbformat")
WRITES = {"write_text", "write_bytes", "renames", "symlink_to", "hardlink_to"}


def test_nobody_else_writes_files():
    for folder in ("micrograd", "tools", "docs", "notebooks", "benchmarks", "examples"):
        for path in (ROOT / folder).rglob("*.py"):
            if path == Path(writing.__file__):
                continue
            text = path.read_text(encoding="utf-8")
            for call in ast.walk(ast.parse(text)) if MAY_WRITE.search(text) else ():
                if isinstance(call, ast.Call):
                    assert not writes(call), f"{path.relative_to(ROOT)}, line {call.lineno}: use _core.writing"


def writes(call):
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name in ("open", "fdopen"):
        modes = [*call.args[:2], *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
        return any(isinstance(mode, ast.Constant) and set(str(mode.value)) & set("wax+") for mode in modes)
    if name in ("replace", "rename", "write", "mkstemp", "NamedTemporaryFile"):  # also methods of other things
        return isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") in (
            "os",
            "nbformat",
            "tempfile",
        )
    if name == "savefig":
        return not (isinstance(call.args[0], ast.Name) and call.args[0].id == "content")  # a buffer
    return name in WRITES


# ---- modes and owners


@POSIX
@pytest.mark.parametrize("umask, new", [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_mode_of_any_new_file(tmp_path, umask, new):
    before = os.umask(umask)
    try:
        assert mode(write_file(tmp_path / "new", "x")) == new
        for old in (0o600, 0o640, 0o644, 0o666, 0o755, 0o200):
            (tmp_path / "old").write_text("old")
            (tmp_path / "old").chmod(old)
            assert mode(write_file(tmp_path / "old", "x")) == old
    finally:
        os.umask(before)


@POSIX
def test_it_is_never_wider_on_the_way(tmp_path, monkeypatch):
    seen, fsync = [], os.fsync

    def look(descriptor):
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    (tmp_path / "secret").write_text("old")
    (tmp_path / "secret").chmod(0o600)
    write_file(tmp_path / "secret", "new")
    assert seen == [0o600] and mode(tmp_path / "secret") == 0o600


@POSIX
def test_a_folder_that_hands_on_its_group(tmp_path):
    tmp_path.chmod(0o2775)
    if os.geteuid() == 0:
        os.chown(tmp_path, -1, 54321)
    for _ in range(2):
        write_file(tmp_path / "shared", "x")
        assert os.stat(tmp_path / "shared").st_gid == os.stat(tmp_path).st_gid


@POSIX
def test_the_owner_stays_where_the_system_allows_it(tmp_path):
    (tmp_path / "theirs").write_text("old")
    if os.geteuid() == 0:
        os.chown(tmp_path / "theirs", 12345, 54321)
    (tmp_path / "theirs").chmod(0o660)
    before = os.stat(tmp_path / "theirs")
    after = os.stat(write_file(tmp_path / "theirs", "new"))
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)


@POSIX
@pytest.mark.parametrize(
    "group, old, new",
    [
        (1, 0o660, 0o600),
        (1, 0o664, 0o644),
        (1, 0o777, 0o777),
        (1, 0o6770, 0o700),
        (0, 0o660, 0o660),
        (0, 0o4770, 0o770),
    ],
)
def test_where_it_does_not_nobody_gets_more_rights(tmp_path, monkeypatch, group, old, new):
    """A file of another user and (`group`) of another group, written by somebody who may not give files away."""
    (tmp_path / "theirs").write_text("old")
    (tmp_path / "theirs").chmod(old)
    there = os.stat(tmp_path / "theirs")
    foreign = [*there]
    foreign[4] += 1
    foreign[5] += group
    forbidden = PermissionError(errno.EPERM, "Operation not permitted")
    monkeypatch.setattr(os, "fchown", lambda *_: (_ for _ in ()).throw(forbidden))
    writing._replace(tmp_path / "theirs", os.stat_result(foreign), b"new")
    assert mode(tmp_path / "theirs") == new and (tmp_path / "theirs").read_text() == "new"


@POSIX
def test_extended_attributes_stay(tmp_path):
    path = write_file(tmp_path / "file", "old")
    try:
        os.setxattr(path, "user.note", b"mine")
    except (AttributeError, OSError):
        return  # a system or a file system without them
    assert os.getxattr(write_file(path, "new"), "user.note") == b"mine"


# ---- names


def test_sentences_about_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_file("file", "old")
    for name, sentence in {
        "": "a file needs a name, got ''",
        "no/deep/x": "'no/deep/x' cannot be written: there is no folder 'no/deep'; create it first (mkdir -p)",
        "no/": "'no/' cannot be written: there is no folder 'no'; create it first (mkdir -p)",
        ".": "'.' is a folder: add the name of a file, as in './name'",
        "file/x": "'file/x' cannot be written: 'file' is not a folder",
    }.items():
        with pytest.raises(OSError) as caught:
            write_file(name, "new")
        assert str(caught.value).replace("\\\\", "/").replace(".\\", "./") == sentence and caught.value.errno
    for nonsense in (None, 3, open):
        with pytest.raises(TypeError, match="expected str, bytes or os.PathLike object, not"):
            write_file(nonsense, "new")
    assert os.listdir() == ["file"] and Path("file").read_text() == "old"


def test_any_name_that_the_system_takes(tmp_path):
    for name in ("é" * 127, "x" * 255, " ", "-o", "a\nb", ".micrograd-", "*?[", b"bytes"):
        if sys.platform != "win32" or name == "-o":
            place = os.path.join(os.fsencode(tmp_path), name) if isinstance(name, bytes) else tmp_path / name
            for content in ("old", "new"):
                write_file(place, content)
            assert Path(os.fsdecode(place)).read_text() == "new"
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".tmp")]


def test_text_that_no_file_can_hold_leaves_the_old_one(tmp_path):
    write_file(tmp_path / "file", "old")
    with pytest.raises(UnicodeEncodeError):
        write_file(tmp_path / "file", "\ud800")
    assert (tmp_path / "file").read_text() == "old"


@POSIX
def test_links(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.symlink("target", "one")
    os.symlink("one", "two")
    write_file("two", "new")
    assert os.readlink("two") == "one" and os.readlink("one") == "target" and Path("target").read_text() == "new"
    assert not os.path.islink("target")
    os.symlink("no/target", "nowhere")
    with pytest.raises(FileNotFoundError, match="'nowhere' cannot be written: there is no folder '.*no'"):
        write_file("nowhere", "new")
    os.symlink("loop", "loop")
    with pytest.raises(OSError, match="symbolic links: 'loop'"):
        write_file("loop", "new")
    assert os.path.islink("loop") and os.path.islink("nowhere")


# ---- pipes and devices


@POSIX
def test_a_named_pipe_is_written_to(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    found = []
    reader = threading.Thread(target=lambda: found.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_file(tmp_path / "pipe", b"x" * 200_000)
    reader.join()
    assert found == [b"x" * 200_000] and stat.S_ISFIFO(os.stat(tmp_path / "pipe").st_mode)
    assert os.listdir(tmp_path) == ["pipe"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_devices(tmp_path):
    (tmp_path / "null").symlink_to("/dev/null")
    write_file(tmp_path / "null", "gone")
    assert (tmp_path / "null").is_symlink() and stat.S_ISCHR(os.stat("/dev/null").st_mode)
    with pytest.raises(OSError, match="No space left on device: '/dev/full'"):
        write_file("/dev/full", "x")


@POSIX
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1"])
def test_standard_output(tmp_path, name):
    code = (
        "from micrograd._core.writing import write_file; print('a', flush=True); write_file(NAME, 'b\\n'); print('c')"
    )
    code = code.replace("NAME", repr(name))
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "a\nb\nc\n"
    with open(tmp_path / "log", "w") as log:
        subprocess.run([sys.executable, "-c", code], stdout=log, check=True)
    assert (tmp_path / "log").read_text() == "a\nb\nc\n" and os.listdir(tmp_path) == ["log"]


# ---- killed writers, many writers


def run(code, *arguments, **options):
    code = "import os, random, signal, sys, time\nfrom micrograd._core.writing import write_file\n" + textwrap.dedent(
        code
    )
    said = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, cwd=ROOT, **options
    )
    assert said.returncode == 0, said.stderr
    return said.stdout


KILL = """
from micrograd.nn import MLP
path, kills = sys.argv[1], int(sys.argv[2])
models = [MLP(30, [30, 20], rng=random.Random(k)) for k in (0, 1)]
states = [model.state_dict() for model in models]
models[0].save(path)
reader, rng = MLP(30, [30, 20]), random.Random(7)
for _ in range(kills):
    writer = os.fork()
    if not writer:
        while True:
            for model in models:
                model.save(path)
    time.sleep(rng.uniform(0, 0.02))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    reader.load(path)
    assert reader.state_dict() in states
    names = os.listdir(os.path.dirname(path))
    assert len(names) <= 2, names
models[1].save(path)
print(*os.listdir(os.path.dirname(path)))
"""


@POSIX
def test_killed_writers_leave_a_whole_file_and_nothing_that_stays(tmp_path):
    assert run(KILL, tmp_path / "model", tries(15, 540)).split() == ["model"]


@POSIX
@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_writer_that_is_killed_at_the_worst_moment(tmp_path, moment):
    code = """
    path, moment = sys.argv[1:]
    write_file(path, "old")
    for _ in range(3):
        writer = os.fork()
        if not writer:
            setattr(os, moment, lambda *arguments: os.kill(os.getpid(), signal.SIGKILL))
            write_file(path, "new")
        os.waitpid(writer, 0)
        print(open(path).read(), len(os.listdir(os.path.dirname(path))))
    """
    assert run(code, tmp_path / "file", moment).split() == ["old", "2"] * 3
    write_file(tmp_path / "file", "new")
    assert os.listdir(tmp_path) == ["file"]


def test_threads_that_write_one_file_while_others_read(tmp_path):
    path, contents = tmp_path / "file", [bytes([k]) * (20_000 + k) for k in range(8)]
    write_file(path, contents[0])
    torn, done = [], threading.Event()

    def read():
        while not done.is_set():
            if path.read_bytes() not in contents:
                torn.append(path.read_bytes()[:10])

    failed = []

    def write(k):
        try:
            for _ in range(tries(15, 200)):
                write_file(path, contents[k])
        except OSError as error:
            failed.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    writers = [threading.Thread(target=write, args=(k,)) for k in range(8)]
    for thread in readers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert torn == [] and failed == [] and os.listdir(tmp_path) == ["file"]


@POSIX
def test_processes_that_write_one_model_while_one_reads(tmp_path):
    code = """
    from micrograd.nn import MLP
    path, times = sys.argv[1], int(sys.argv[2])
    models = [MLP(2, [8, 1], rng=random.Random(k)) for k in range(4)]
    models[0].save(path)
    writers = []
    for model in models:
        writers.append(os.fork())
        if not writers[-1]:
            for _ in range(times):
                model.save(path)
            os._exit(0)
    states, reader, status = [model.state_dict() for model in models], MLP(2, [8, 1]), 0
    while writers:
        reader.load(path)
        assert reader.state_dict() in states
        if (ended := os.waitpid(writers[-1], os.WNOHANG))[0]:
            writers.pop()
            assert ended[1] == 0
    print(*os.listdir(os.path.dirname(path)))
    """
    assert run(code, tmp_path / "model", tries(10, 300)).split() == ["model"]


def test_the_file_of_a_writer_that_is_alive_is_left_alone(tmp_path, monkeypatch):
    path, inside, go_on, fsync = tmp_path / "file", threading.Event(), threading.Event(), os.fsync

    def slow(descriptor):
        if threading.current_thread() is writer:
            inside.set()
            go_on.wait()
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", slow)
    writer = threading.Thread(target=write_file, args=(path, "slow"))
    writer.start()
    inside.wait()
    write_file(path, "quick")
    assert path.read_text() == "quick" and len(os.listdir(tmp_path)) == 2
    go_on.set()
    writer.join()
    assert path.read_text() == "slow" and os.listdir(tmp_path) == ["file"]


@POSIX
def test_what_only_looks_abandoned(tmp_path):
    """Planted under the name of a temporary file: a link, a pipe, a folder; and files of other names."""
    (tmp_path / "victim").write_text("mine")
    name = ".file.micrograd-{}.tmp"
    (tmp_path / name.format("0" * 16)).symlink_to(tmp_path / "victim")
    os.mkfifo(tmp_path / name.format("1" * 16))
    (tmp_path / name.format("2" * 16)).mkdir()
    for other in (".file.tmp", ".file.123.tmp", ".file.micrograd-0.tmp", ".other.micrograd-0123456789abcdef.tmp"):
        (tmp_path / other).write_text("not ours")
    before = os.listdir(tmp_path)
    (tmp_path / name.format("f" * 16)).write_text("abandoned")
    write_file(tmp_path / "file", "new")
    assert sorted(os.listdir(tmp_path)) == sorted([*before, "file"])
    assert (tmp_path / "victim").read_text() == "mine"


def test_a_temporary_name_that_is_taken(tmp_path, monkeypatch):
    """Nothing is written through a link that somebody planted where the temporary file is to be."""
    (tmp_path / "victim").write_text("mine")
    (tmp_path / ".file.micrograd-0000000000000000.tmp").symlink_to(tmp_path / "victim")
    monkeypatch.setattr(os, "urandom", bytes)
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "file", "new")
    assert (tmp_path / "victim").read_text() == "mine" and not (tmp_path / "file").exists()


@POSIX
def test_a_disk_that_fills_up(tmp_path):
    code = """
    import errno, resource, subprocess
    path = sys.argv[1]
    write_file(path, "old")
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    for size in (100_001, 10_000_000):
        try:
            write_file(path, b"x" * size)
        except OSError as error:
            assert error.errno == errno.EFBIG and error.filename == path
        else:
            raise AssertionError("written")
        assert open(path).read() == "old" and os.listdir(os.path.dirname(path)) == [os.path.basename(path)]
    """
    run(code, tmp_path / "file")


@POSIX
@pytest.mark.slow
def test_a_small_disk_that_is_full(tmp_path):
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(tmp_path)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        return  # only root can mount one
    try:
        path = tmp_path / "file"
        write_file(path, b"o" * 100_000)
        with pytest.raises(OSError) as caught:
            write_file(path, b"x" * 150_000)
        assert caught.value.errno == errno.ENOSPC and caught.value.filename == str(path)
        assert path.read_bytes() == b"o" * 100_000 and os.listdir(tmp_path) == ["file"]
        (tmp_path / ".file.micrograd-0123456789abcdef.tmp").write_bytes(b"x" * 90_000)
        assert len(write_file(path, b"n" * 90_000).read_bytes()) == 90_000  # what a killed writer left is deleted first
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_ctrl_c_while_writing(tmp_path, monkeypatch):
    write_file(tmp_path / "file", "old")

    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "old" and os.listdir(tmp_path) == ["file"]


# ---- the command line


@pytest.mark.parametrize(
    "words",
    [
        ["draw", "x*y", "x=1", "y=2", "-o", "no/x.svg"],
        ["step", "x*y", "x=1", "y=2", "-o", "no/x.html"],
        ["practice", "-o", "no/x.html"],
        ["practice", "--level", "2", "--bug", "-o", "no/x.html"],
        ["practice", "--sheet", "no/x.tex"],
        ["practice", "--sheet", "no/x.md"],
    ],
)
def test_output_into_a_folder_that_is_not_there(words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    said = capsys.readouterr()
    assert said.out == "" and os.listdir() == []
    sentence = r"micrograd: '(no/x\.\w+)' cannot be written: there is no folder 'no'; create it first \(mkdir -p\)\n"
    assert re.fullmatch(sentence, said.err)
    os.mkdir("no")
    assert main(words) == 0


@pytest.mark.parametrize("command", ["draw", "step"])
@pytest.mark.parametrize("name", ["", ".", "x", "x.jpg", "folder"])
def test_output_without_an_ending(command, name, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkdir("folder")
    assert main([command, "x*y", "x=1", "y=2", "-o", name]) == 1
    said = capsys.readouterr()
    assert said.out == "" and re.match("micrograd: .* saved as .*, got '", said.err) and os.listdir() == ["folder"]


@pytest.mark.parametrize("command", ["demo", "digits"])
@pytest.mark.parametrize("out", ["file", "file/deeper"])
def test_a_file_in_the_way_is_said_before_the_training(command, out, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("mine")
    assert main([command, "--out", out]) == 1
    said = capsys.readouterr()
    sentence = f"micrograd: no pictures can be saved in {str(Path(out))!r}: a file is in the way\n"
    assert said.out == "" and said.err == sentence and Path("file").read_text() == "mine"
