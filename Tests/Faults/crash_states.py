"""Every state of files and names that POSIX allows after a crash, from one trace of system calls (ALICE, OSDI 2014).

Harsher than any file system: only a sync of a file makes its bytes and size durable, only a sync of a
directory its names; everything else is kept, dropped, torn or left as zeros, in any combination.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from pathlib import Path
from typing import Callable, Optional

from driver import GOOD, Source, Tape, expect
from trace import Operation, Trace

FULL, SLICE, CHUNK = 100_000, 2800, 400
PLANTED = {"nosync in ingest": 300, "nodirsync in midnight": 300, "nosync in seal": 300}
MODES = ("none", "all", "some", "some", "some", "zeros", "torn", "torn")


def missing() -> Optional[str]:
    return None if shutil.which("strace") else "strace is not installed"


def lacking() -> Optional[str]:
    return None


def run(count: int, seed: int, folder: Path, planted: Optional[str] = None) -> dict:
    rnd = random.Random(seed)
    bug, _, name = (planted or "").partition(" in ")
    name = name or list(SCENARIOS)[seed % len(SCENARIOS)]
    scenario, tape = SCENARIOS[name], Tape(folder / "tape", bug)
    source, words, data, acked = scenario(tape, rnd)
    trace = Trace.of(tape, words, data, acked)
    checked: dict[bytes, int] = {}
    distinct = 0
    for number in range(count):
        end, mode = rnd.randrange(1, len(trace.operations) + 1), rnd.choice(MODES)
        state = State(trace, end, mode, rnd)
        key = state.digest()
        if checked.get(key, -1) >= state.acked:
            continue  # the same files have been checked against as many acknowledgements
        checked[key] = state.acked
        distinct += 1
        state.write(tape.root)
        check(tape, source, words, state.acked, f"{name}, state {number} behind call {end} ({mode})", rnd)
    return {"done": count, "distinct": distinct, name: count}


def check(tape: Tape, source: Source, words: tuple, acked: int, when: str, rnd: random.Random) -> None:
    """The acknowledged is there, the command that was cut off goes on, and so does all that follows."""
    look = rnd.random()
    tape.check_kept(source, acked, when, whole=acked == len(source.lines))
    if words[0] != "import":
        result = tape.run(*words)
        expect(result.status == GOOD, f"{when}, taken up again: {result}")
        tape.check_kept(source, acked, f"{when}, {words[0]} completed", whole=True)
        tape.check_tidy(when)
    if words[0] == "import" or look < 0.2:
        tape.complete(source, acked, when)
    if look < 0.1:
        tape.housekeep(source, when)


class State:
    """One state that a crash behind the first `end` calls may leave."""

    def __init__(self, trace: Trace, end: int, mode: str, rnd: random.Random):
        self.files: dict[int, bytearray] = {number: bytearray(data) for number, data in trace.files.items()}
        self.names: dict[str, int] = dict(trace.names)
        self.folders: set[str] = set(trace.folders)
        operations = trace.operations[:end]
        self.acked = max((op.number for op in operations if op.kind == "ack"), default=trace.acked)
        durable, odds = durable_of(operations), rnd.choice((0.2, 0.5, 0.8))
        for index, op in enumerate(operations):
            is_kept = index in durable or mode == "all" or mode == "some" and rnd.random() < odds
            if op.kind == "write" and not is_kept and mode in ("zeros", "torn"):
                self.tear(op, mode == "torn", rnd)
            elif is_kept or (mode in ("zeros", "torn") and op.kind != "write"):
                self.apply(op)

    def apply(self, op: Operation) -> None:
        if op.kind in ("write", "truncate", "allocate"):
            file = self.files.setdefault(op.file, bytearray())
        if op.kind == "write":
            file.extend(bytes(max(0, op.offset - len(file))))
            file[op.offset : op.offset + len(op.data)] = op.data
        elif op.kind == "truncate":
            file[op.offset :] = bytes(max(0, op.offset - len(file)))
        elif op.kind == "allocate":
            file.extend(bytes(max(0, op.offset - len(file))))
        elif op.kind == "create":
            self.names[op.path] = op.file
        elif op.kind == "rename" and op.path in self.names:
            self.names[op.target] = self.names.pop(op.path)
        elif op.kind == "unlink":
            self.names.pop(op.path, None)
        elif op.kind == "mkdir":
            self.folders.add(op.path)

    def tear(self, op: Operation, keeps_some: bool, rnd: random.Random) -> None:
        """The size has reached the disk, of the bytes at most some sectors."""
        file, end = self.files.setdefault(op.file, bytearray()), op.offset + len(op.data)
        file.extend(bytes(max(0, end - len(file))))
        for sector in range(op.offset - op.offset % 512, end if keeps_some else 0, 512):
            low, high = max(sector, op.offset), min(sector + 512, end)
            if rnd.random() < 0.5:
                file[low:high] = op.data[low - op.offset : high - op.offset]

    def reachable(self) -> dict[str, int]:
        """Names whose folders are there; what is in a folder without a name is gone."""
        def is_there(path: str) -> bool:
            return path in ("", ".") or (path in self.folders and is_there(os.path.dirname(path)))

        return {name: file for name, file in sorted(self.names.items()) if is_there(os.path.dirname(name))}

    def digest(self) -> bytes:
        whole = hashlib.blake2b(repr(sorted(self.folders)).encode(), digest_size=16)
        for name, file in self.reachable().items():
            data = self.files.get(file, b"")
            whole.update(f"{name} {len(data)}\n".encode())
            whole.update(data)
        return whole.digest()

    def write(self, root: Path) -> None:
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(f"{root}.store", ignore_errors=True)
        root.mkdir()
        for folder in sorted(self.folders):
            if folder == "." or (root / folder).parent.is_dir():
                (root / folder).mkdir(exist_ok=True)
        for name, file in self.reachable().items():
            data = bytes(self.files.get(file, b""))
            with (root / name).open("wb") as out:  # reserved space as a hole: the same bytes, made faster
                out.write(data.rstrip(b"\0"))
                out.truncate(len(data))


def durable_of(operations: list[Operation]) -> set[int]:
    """Indexes of the operations that a sync behind them has made durable."""
    durable: set[int] = set()
    by_file: dict[int, list[int]] = {}
    by_folder: dict[str, list[int]] = {}
    for index, op in enumerate(operations):
        if op.kind in ("write", "truncate", "allocate"):
            by_file.setdefault(op.file, []).append(index)
        elif op.kind in ("create", "rename", "unlink", "mkdir"):
            by_folder.setdefault(os.path.dirname(op.path) or ".", []).append(index)
        elif op.kind == "sync":
            durable.update(i for i in by_file.get(op.file, []) if i < op.offset)
        elif op.kind == "sync folder":
            durable.update(i for i in by_folder.get(op.path, []) if i < op.offset)
    return durable


# Each makes the tape on which the traced command runs: the source, the command, its input, and how many
# messages are acknowledged before it.

def ingest(tape: Tape, rnd: random.Random) -> tuple:
    source = Source.of_one_day(rnd.randrange(1 << 30), 240)
    tape.root.mkdir()
    return source, source.words, source.data, 0


def midnight(tape: Tape, rnd: random.Random) -> tuple:
    """Days alternate in each group, so that segments of several are begun and written side by side."""
    source = Source.of_days(rnd.randrange(1 << 30), 400, 4)
    tape.root.mkdir()
    return source, source.words, source.data, 0


def roll(tape: Tape, rnd: random.Random) -> tuple:
    """The import goes on behind a kill: recovery, a torn tail, and a new segment."""
    source = Source.of_days(rnd.randrange(1 << 30), 500, 2)
    process = tape.start(source.words, source.data)
    process.hear(5, acks=rnd.randrange(1, 3))
    result = process.end()
    for log in tape.root.glob("*/*/*.log"):  # what a power cut makes of the reserved space
        with log.open("r+b") as file:
            place = len(log.read_bytes().rstrip(b"\0"))
            if place < log.stat().st_size - 100:
                file.seek(place + 8 - place % 8)
                file.write(rnd.randbytes(60))
    return source, source.words, source.data, result.acked


def seal(tape: Tape, rnd: random.Random) -> tuple:
    source = Source.of_days(rnd.randrange(1 << 30), 500, 2)
    tape.ok(*source.words, stdin=source.data)
    return source, ("seal",), b"", len(source.lines)


def prune(tape: Tape, rnd: random.Random) -> tuple:
    source, _, _, acked = seal(tape, rnd)
    tape.ok("seal")
    return source, ("prune", "--yes"), b"", acked


def late(tape: Tape, rnd: random.Random) -> tuple:
    """Messages that come after a seal, which may have been pruned."""
    source = Source.of_one_day(rnd.randrange(1 << 30), 400)
    early = Source(source.lines[:300], source.day)
    tape.ok(*early.words, stdin=early.data)
    tape.ok("seal")
    if rnd.random() < 0.5:
        tape.ok("prune", "--yes")
    return source, source.words, source.data, len(early.lines)


def seal_again(tape: Tape, rnd: random.Random) -> tuple:
    source, words, data, _ = late(tape, rnd)
    tape.ok(*words, stdin=data)
    return source, ("seal",), b"", len(source.lines)


SCENARIOS: dict[str, Callable] = {
    scenario.__name__: scenario for scenario in (ingest, midnight, roll, seal, prune, late, seal_again)}
