"""`write_file`: all files of the package are written here, whole or not at all.

The content goes to a temporary file beside the target, which then takes over the target's name. Whoever opens that name
finds the old content or the new one, also after a crash, on a full disk, and while others write to the same name.

A writer that is killed leaves its temporary file behind; the next writer to the same name deletes it. Which ones are
abandoned is no guess: a writer holds a lock (`flock`) on its file, and the system releases the lock when it dies.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from contextlib import suppress
from pathlib import Path
from shutil import copystat
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows, WASI: no locks, so abandoned files stay
    fcntl = None  # type: ignore[assignment]

LONGEST = 50  # characters of the target's name in that of a temporary file: at most 200 bytes of the 255 there are
HELD_OPEN = ("/dev", "/dev/fd")  # folders of names, such as /dev/stdout, for files that are open already


def write_file(path: str | os.PathLike[str], content: str | bytes) -> Path:
    """Write `content`, text in UTF-8, to `path`, and return the path.

    A file that was there keeps its mode and, where the system allows it, its owner. A link stays a link: the file that
    it leads to is written. A pipe or a device cannot be replaced and is written to.

    Raises an `OSError` that says what is wrong with the path; what was there is then as it was.
    """
    data = content.encode() if isinstance(content, str) else content
    name = os.fsdecode(path)
    there = _look(name)
    target = Path(os.path.realpath(name))
    try:
        if there and _is_stream(name, there):
            with _open_stream(name, there) as stream:
                stream.write(data)
        else:
            _replace(target, there, data)
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, name) from error  # without the name of the temporary file
    return Path(name)


def _look(name: str) -> os.stat_result | None:
    """What is under this name, None for nothing; raises an `OSError` if no file can be written there."""
    if not name:
        raise _refusal(FileNotFoundError, errno.ENOENT, "a file needs a name, got ''")
    place = os.path.dirname(name)
    try:
        there = os.stat(name)
    except FileNotFoundError:
        for folder in (place, os.path.dirname(os.path.realpath(name))):  # the second one, for a link to nothing
            if folder and not os.path.isdir(folder):
                text = f"{name!r} cannot be written: there is no folder {folder!r}; create it first (mkdir -p)"
                raise _refusal(FileNotFoundError, errno.ENOENT, text) from None
        return None
    except NotADirectoryError:
        text = f"{name!r} cannot be written: {place!r} is not a folder"
        raise _refusal(NotADirectoryError, errno.ENOTDIR, text) from None
    if stat.S_ISDIR(there.st_mode):
        text = f"{name!r} is a folder: add the name of a file, as in {os.path.join(name, 'name')!r}"
        raise _refusal(IsADirectoryError, errno.EISDIR, text)
    if not there.st_mode & 0o222 or not os.access(name, os.W_OK):
        text = f"{name!r} is read-only and stays as it is: make it writable (chmod u+w), or choose another name"
        raise _refusal(PermissionError, errno.EACCES, text)
    return there


def _refusal(kind: type[OSError], number: int, text: str) -> OSError:
    error = kind(text)
    error.errno = number  # set afterwards, so that the text stands alone
    return error


def _is_stream(name: str, there: os.stat_result) -> bool:
    """Whether it is a pipe or a device, or like /dev/stdout a name for a file that someone has open."""
    if not stat.S_ISREG(there.st_mode):
        return True
    while True:
        folder = os.path.realpath(os.path.dirname(name))
        if folder in HELD_OPEN or folder.startswith("/proc/"):
            return True
        if not os.path.islink(name):
            return False
        name = os.path.join(folder, os.readlink(name))


def _open_stream(name: str, there: os.stat_result) -> BinaryIO:
    for descriptor in (1, 2):  # our own output goes on where it is: opened again, it would begin at another place
        with suppress(OSError):
            if os.path.samestat(os.fstat(descriptor), there):
                return open(os.dup(descriptor), "wb")
    return open(name, "ab")


def _replace(target: Path, there: os.stat_result | None, data: bytes) -> None:
    prefix = f".{target.name[:LONGEST]}.micrograd-"
    _delete_abandoned(target.parent, prefix)
    temporary, file = _create(target.parent, prefix, mode=0o600 if there else 0o666)
    try:
        with file:
            if there:
                _keep_owner_and_mode(file.fileno(), temporary, target, there)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if sys.platform == "win32":
                file.close()  # there, no open file is renamed; elsewhere, closing it would release the lock
            os.replace(temporary, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def _create(folder: Path, prefix: str, mode: int) -> tuple[Path, BinaryIO]:
    """A new file under a name that nobody can foresee, locked; the system reduces `mode` by its umask."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    while True:
        path = folder / f"{prefix}{os.urandom(8).hex()}.tmp"
        file = open(os.open(path, flags, mode), "wb")
        if fcntl:
            with suppress(OSError):  # a file system without locks: then nobody deletes our file either
                fcntl.flock(file, fcntl.LOCK_EX)
        if os.path.lexists(path):
            return path, file
        file.close()  # another writer took the file for abandoned before it was locked


def _keep_owner_and_mode(descriptor: int, temporary: Path, target: Path, there: os.stat_result) -> None:
    """Make the new file, which only its owner can read so far, what the old one is to others, and never more."""
    mode = stat.S_IMODE(there.st_mode)
    if hasattr(os, "fchown"):
        for user, group in ((-1, there.st_gid), (there.st_uid, -1)):
            with suppress(OSError):  # only root may give files away
                os.fchown(descriptor, user, group)
        owner = os.fstat(descriptor)
        if owner.st_gid != there.st_gid:  # another group may do what everybody may
            os.fchmod(descriptor, mode & (0o707 | (mode & 0o007) << 3))
            return
        if owner.st_uid != there.st_uid:
            mode &= 0o777
    with suppress(OSError):  # a file system without modes
        copystat(target, temporary)  # with access lists
        os.chmod(temporary, mode)


def _delete_abandoned(folder: Path, prefix: str) -> None:
    """Delete the temporary files of writers that were killed: those with these names that nobody has locked."""
    if not fcntl:
        return
    pattern = re.compile(re.escape(prefix) + r"[0-9a-f]{16}\.tmp")
    with suppress(OSError):  # a folder that cannot be listed
        for name in filter(pattern.fullmatch, os.listdir(folder)):
            with suppress(OSError):  # a link, another user's file, or one that is locked: its writer is alive
                _delete_unlocked(folder / name)


def _delete_unlocked(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)
    finally:
        os.close(descriptor)
