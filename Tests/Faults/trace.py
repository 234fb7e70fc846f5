"""What a command did to the files of a tape, from strace: writes, syncs, names and acknowledgements in order."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from driver import GOOD, Tape, expect

CALLS = (
    "openat,write,pwrite64,writev,pwritev,pwritev2,fdatasync,fsync,ftruncate,fallocate,rename,renameat,renameat2,"
    "unlink,unlinkat,mkdir,mkdirat,link,linkat,sync_file_range,msync,mmap,copy_file_range,sendfile,rmdir")


@dataclass
class Operation:
    """One thing done; `kind` says which fields hold something."""

    kind: str  # write, truncate, allocate, create, rename, unlink, mkdir, sync, sync folder, ack
    file: int = 0
    path: str = ""
    target: str = ""
    offset: int = 0  # or the size; of a sync: how many operations had been done when it began
    data: bytes = b""
    number: int = 0


@dataclass
class Trace:
    """The files before the command, and what it did to them."""

    root: str
    acked: int
    files: dict[int, bytes] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    operations: list[Operation] = field(default_factory=list)

    @staticmethod
    def of(tape: Tape, words: tuple, data: bytes, acked: int) -> "Trace":
        """Runs the command on the tape under strace; what is there before counts as durable."""
        trace = Trace(str(tape.root), acked)
        for path in sorted(tape.root.rglob("*")):
            if path.is_dir():
                trace.folders.add(str(path.relative_to(tape.root)))
            else:
                trace.names[str(path.relative_to(tape.root))] = len(trace.files) + 1
                trace.files[len(trace.files) + 1] = path.read_bytes()
        log = Path(f"{tape.root}.trace")
        words_of_strace = ["strace", "-f", "-qq", "-y", "-xx", "-s", "9999999", "-o", str(log), "-e", f"trace={CALLS}"]
        for name, value in tape.bug().items():
            words_of_strace += ["-E", f"{name}={value}"]
        # Fed through a pipe piece by piece, each awaited, so that there are many groups.
        process = subprocess.Popen(
            [*words_of_strace, *tape.command(words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, bufsize=0)
        lines = data.splitlines(keepends=True)
        done = acked if words[0] == "import" else 0
        process.stdin.write(b"".join(lines[:done]))
        for start in range(done, len(lines), 40):
            process.stdin.write(b"".join(lines[start : start + 40]))
            while process.stdout.readline().split() != [b"ACK", b"%d" % min(start + 40, len(lines))]:
                expect(process.poll() is None, "the traced command ended early")
        process.stdin.close()
        process.stdout.read()
        error = process.stderr.read()
        expect(process.wait() == GOOD, f"the traced command gave {process.returncode}: {error[-500:]!r}")
        process.stdout.close()
        process.stderr.close()
        Reader(trace).read(log)
        log.unlink()
        return trace


class Reader:
    """Turns strace's lines into operations."""

    def __init__(self, trace: Trace):
        self.trace, self.begun = trace, {}
        self.current = dict(trace.names)  # names at this point of the run
        self.file_count = len(trace.files)

    def read(self, log: Path) -> None:
        for line in log.read_text(errors="replace").splitlines():
            thread, rest = line.split(None, 1)
            if rest.endswith("<unfinished ...>"):
                self.begun[thread] = (rest[: rest.rindex("<unfinished")], len(self.trace.operations))
                continue
            began = len(self.trace.operations)
            if resumed := re.match(r"<\.\.\. \w+ resumed>(.*)", rest):
                begin, began = self.begun.pop(thread)
                rest = begin + resumed.group(1)
            if call := re.match(r"(\w+)\((.*)\)\s+=\s+(\d+)", rest):
                self.take(call.group(1), call.group(2), int(call.group(3)), began)

    def add(self, kind: str, **fields: object) -> None:
        self.trace.operations.append(Operation(kind, **fields))

    def take(self, call: str, words: str, result: int, began: int) -> None:
        strings = [unescape(text) for text in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', words)]
        handle = re.match(r"(?:AT_FDCWD|\d+)<([^>]*)>", words)
        at = unescape(handle.group(1)).decode() if handle else ""
        if call == "write" and words.startswith("1<"):
            for line in strings[0].split(b"\n"):
                if line.startswith(b"ACK "):
                    self.add("ack", number=int(line[4:]))
        elif call in ("openat", "mkdir", "mkdirat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat", "rmdir"):
            paths = [self.relative(os.path.join(at or os.getcwd(), text.decode())) for text in strings]
            if paths and paths[0] is not None:
                self.take_name(call, words, paths)
        elif (path := self.relative(at)) is not None:
            self.take_file(call, words, result, began, path, strings)

    def take_name(self, call: str, words: str, paths: list) -> None:
        path = paths[0]
        if call == "openat":
            if "O_CREAT" in words and path not in self.current:
                self.file_count += 1
                self.current[path] = self.file_count
                self.add("create", path=path, file=self.file_count)
            if "O_TRUNC" in words and path in self.current:
                self.add("truncate", file=self.current[path])
        elif call.startswith("mkdir"):
            self.add("mkdir", path=path)
        elif call.startswith("rename"):
            self.current[paths[1]] = self.current.pop(path)
            self.add("rename", path=path, target=paths[1])
        elif call in ("unlink", "unlinkat"):
            self.current.pop(path, None)
            self.add("unlink", path=path)
        else:
            raise RuntimeError(f"the model does not know {call}")

    def take_file(self, call: str, words: str, result: int, began: int, path: str, strings: list[bytes]) -> None:
        file, numbers = self.current.get(path), words.rsplit(",", 2)
        if call in ("fsync", "fdatasync"):
            if file is None:
                self.add("sync folder", path=path, offset=began)
            else:
                self.add("sync", file=file, offset=began)
        elif file is None:
            raise RuntimeError(f"{call} of {path}, which has no name any more")
        elif call == "pwrite64":
            self.add("write", file=file, offset=int(numbers[-1]), data=strings[0][:result])
        elif call == "ftruncate":
            self.add("truncate", file=file, offset=int(numbers[-1]))
        elif call == "fallocate":
            if "KEEP_SIZE" not in words:
                self.add("allocate", file=file, offset=int(numbers[-2]) + int(numbers[-1]))
        elif call != "mmap" or ("PROT_WRITE" in words and "MAP_SHARED" in words):
            raise RuntimeError(f"the model does not know {call} of {path}")

    def relative(self, path: str) -> object:
        """The path from the tape's root; None outside of it."""
        root = self.trace.root
        return os.path.relpath(path, root) if path == root or path.startswith(root + "/") else None


def unescape(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()
