"""What the fault harnesses share: a source, the engine as a process, and what must hold of its tape."""

from __future__ import annotations

import collections
import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Optional, Sequence

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Tests/EndToEnd"))

import market  # noqa: E402: the end-to-end tests' little market

BINARY = Path(os.environ.get("JEJAK") or ROOT / ".build/release/jejak")
STREAM = "idx.trades"
DAY = date(2026, 2, 10)
GOOD, FAILED = 0, 3
TIMEOUT_SECONDS = 120
SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ; Python names it from 3.10 on


class Finding(Exception):
    """Something that must not be: a lost message, a step that a person would have to mend."""


def expect(holds: bool, story: object) -> None:
    if not holds:
        raise Finding(str(story))


class Source:
    """Lines for one stream; their days, and how they are imported."""

    def __init__(self, lines: list[bytes], day: Optional[date]):
        self.lines, self.day = lines, day
        self.data = b"".join(line + b"\n" for line in lines)
        self.days = self.by_day(lines)
        dated = ("--date", str(day)) if day else ()
        self.words = ("import", "--stream", STREAM, "--acks", *dated, "-")

    @staticmethod
    def of_one_day(seed: int, count: int) -> "Source":
        return Source(market.day20(seed, count), DAY)

    @staticmethod
    def of_days(seed: int, count: int, days: int) -> "Source":
        """Six-field lines in the order of days but for one in ten, so that days alternate around midnight."""
        rnd = random.Random(seed)
        place = [min(max(n * days // count + (rnd.random() < 0.1) - (rnd.random() < 0.1), 0), days - 1) for n in range(count)]
        rows = market.trades(seed, count, ["BBCA", "BBRI"])
        return Source([market.line6(row, DAY + timedelta(n)) for row, n in zip(rows, place)], None)

    def day_of(self, line: bytes) -> str:
        return str(self.day) if self.day else f"{line[:4].decode()}-{line[4:6].decode()}-{line[6:8].decode()}"

    def by_day(self, lines: list[bytes]) -> dict[str, list[bytes]]:
        days: dict[str, list[bytes]] = {}
        for line in lines:
            days.setdefault(self.day_of(line), []).append(line)
        return days


class Result:
    def __init__(self, words: Sequence[str], status: int, out: bytes, err: bytes):
        self.words, self.status, self.out, self.err = words, status, out, err.decode("utf-8", "replace")

    @property
    def acked(self) -> int:
        """The highest acknowledgement in whole lines."""
        return max((int(line[4:]) for line in self.out.split(b"\n")[:-1] if line.startswith(b"ACK ")), default=0)

    def __str__(self) -> str:
        return f"`jejak {' '.join(self.words)}` gave {self.status}; out {self.out[-200:]!r}; err {self.err[-600:]!r}"


class Tape:
    """A tape driven through the command line; `planted` is a bug for the runs that are to be hurt."""

    def __init__(self, root: Path, planted: Optional[str] = None, short: Optional[str] = None):
        self.root = root
        self.harm = {name: value for name, value in (("PLANTED", planted), ("SHORT", short)) if value}

    def bug(self) -> dict[str, str]:
        """What planted.c reads; empty where it is not wanted."""
        return {"LD_PRELOAD": os.environ["FAULTS_SHIM"], **self.harm} if self.harm else {}

    def command(self, words: Sequence[str]) -> list[str]:
        return [str(BINARY), *words, "--tape", str(self.root), "--store", f"{self.root}.store"]

    def run(self, *words: str, stdin: bytes = b"", wrap: Sequence[str] = (), hurt: bool = False) -> Result:
        """Runs to the end; `hurt` runs have the planted bug, those that look what is left have not."""
        done = subprocess.run(
            [*wrap, *self.command(words)], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=TIMEOUT_SECONDS, check=False, env={**os.environ, **(self.bug() if hurt else {})})
        return Result(words, done.returncode, done.stdout, done.stderr)

    def ok(self, *words: str, stdin: bytes = b"") -> Result:
        result = self.run(*words, stdin=stdin)
        expect(result.status == GOOD, result)
        return result

    def start(self, words: Sequence[str], data: bytes = b"") -> "Running":
        return Running(self.command(words), data, self.bug())

    def check_kept(self, source: Source, acked: int, when: str, whole: bool = False) -> int:
        """Every acknowledged message is there, what is there is each day's beginning; returns how many."""
        first, last = min(source.days), max(source.days)
        result = self.run("cat", "--stream", STREAM, "--from-date", first, "--to-date", last)
        if acked or result.out or whole:
            expect(result.status == GOOD, f"{when}: {result}")
        if result.out == source.data and source.day:
            return len(source.lines)
        kept = source.by_day(result.out.split(b"\n")[:-1])
        promised = collections.Counter(map(source.day_of, source.lines[:acked]))
        expect(set(kept) <= set(source.days), f"{when}: a day that never was")
        for day, lines in source.days.items():
            there = kept.get(day, [])
            expect(lines[: len(there)] == there, f"{when}: {day} is no beginning of the source")
            need = len(lines) if whole else promised[day]
            expect(len(there) >= need, f"{when}: acknowledged messages are gone from {day}: {len(there)} of {need}")
        return sum(map(len, kept.values()))

    def check_outcome(self, result: Result, when: str, may_be_killed: bool = False) -> None:
        """Done all the same, or failed with one clear line; never a crash, never silence."""
        if result.status == GOOD or may_be_killed and result.status in (-signal.SIGKILL, 128 + signal.SIGKILL):
            return
        lines = [line for line in result.err.splitlines() if "kept in" not in line]  # remarks of recovery
        is_clear = len(lines) == 1 and lines[0].startswith("jejak: ")
        expect(result.status == FAILED and is_clear, f"{when}: {result}")

    def complete(self, source: Source, acked: int, when: str) -> None:
        """The same command goes on where it stopped, finds what it had acknowledged, and all of it is there."""
        result = self.run(*source.words, stdin=source.data)
        expect(result.status == GOOD, f"{when}, taken up again: {result}")
        words = result.out.split(b"\n")[-2].replace(b",", b"").split()  # appended A, already there B, undecodable C
        appended, known = int(words[1]), int(words[4])
        expect(appended + known == len(source.lines), f"{when}, taken up again: {result}")
        expect(known >= acked, f"{when}, taken up again: only {known} of {acked} acknowledged messages were found")
        self.check_kept(source, len(source.lines), f"{when}, completed", whole=True)

    def housekeep(self, source: Source, when: str) -> None:
        """Seal and prune go through, remove every segment and leave nothing else behind."""
        self.ok("seal")
        self.ok("prune", "--yes")
        self.check_kept(source, len(source.lines), f"{when}, sealed and pruned", whole=True)
        logs = list(self.root.glob(f"{STREAM}/*/*.log"))
        expect(not logs, f"{when}: segments are left behind prune: {logs}")
        self.check_tidy(when)

    def check_tidy(self, when: str) -> None:
        left = [path for path in self.root.rglob("*.new") if ".broken" not in path.name]
        expect(not left, f"{when}: left behind: {left}")

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.rmtree(f"{self.root}.store", ignore_errors=True)


class Running:
    """A process that is being fed through a pipe of one page, so that it makes many small groups."""

    def __init__(self, command: Sequence[str], data: bytes, env: dict[str, str]):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
            env={**os.environ, **env})
        self.said = b""
        fcntl.fcntl(self.process.stdin.fileno(), SET_PIPE_SIZE, 4096)
        self.feeder = threading.Thread(target=self.feed, args=(data,), daemon=True)
        self.feeder.start()

    def feed(self, data: bytes) -> None:
        try:
            with self.process.stdin:
                for start in range(0, len(data), 4096):
                    self.process.stdin.write(data[start : start + 4096])
        except BrokenPipeError:
            pass

    def hear(self, seconds: float = 0.0, acks: int = 0) -> int:
        """Reads what comes in so many seconds, at most until so many acknowledgements; the highest of all."""
        fd, end, count = self.process.stdout.fileno(), time.monotonic() + seconds, self.said.count(b"\n") + acks
        os.set_blocking(fd, False)
        while True:
            try:
                piece = os.read(fd, 1 << 16)
                if not piece:
                    break
                self.said += piece
            except BlockingIOError:
                if time.monotonic() >= end:
                    break
                time.sleep(0.0005)
            if acks and self.said.count(b"\n") >= count:
                break
        return self.acked

    @property
    def acked(self) -> int:
        return Result((), 0, self.said, b"").acked

    def end(self, with_signal: int = signal.SIGKILL) -> Result:
        """Ends the process and returns what it had said."""
        self.process.send_signal(with_signal)
        os.set_blocking(self.process.stdout.fileno(), True)
        try:
            self.said += self.process.stdout.read()
            error = self.process.stderr.read()
            self.process.wait(TIMEOUT_SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
            self.feeder.join()
            self.process.stdout.close()
            self.process.stderr.close()
        return Result(self.process.args[1:], self.process.returncode, self.said, error)
