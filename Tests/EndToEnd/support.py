"""What the end-to-end tests share: the engine as a process, temporary folders, the real data."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Iterable, Optional, Sequence, Union

import oracle

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("JEJAK") or ROOT / ".build" / "release" / "jejak")
SHARED = Path(os.environ.get("JEJAK_SHARED") or ROOT.parent / "shared") / "data"
TIMEOUT_SECONDS = 300

GOOD, FINDINGS, USAGE, FAILED = 0, 1, 2, 3

needs_data = unittest.skipUnless(SHARED.is_dir(), "the real data (../shared/data or JEJAK_SHARED) is absent")
needs_root = unittest.skipUnless(os.geteuid() == 0, "only root can mount a tmpfs")


def joined(payloads: Iterable[bytes]) -> bytes:
    """Payloads as a file of lines."""
    return b"".join(payload + b"\n" for payload in payloads)


def compressed(data: bytes, suffix: str) -> bytes:
    """Data as the file name's ending asks for it."""
    if suffix == ".gz":
        return gzip.compress(data, 6, mtime=0)
    if suffix == ".zst":
        return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data


def unzstd(path: Path) -> bytes:
    return subprocess.run(["zstd", "-dcq", str(path)], stdout=subprocess.PIPE, check=True).stdout


class Result:
    """A finished run of the engine."""

    def __init__(self, arguments: Sequence[str], status: int, out: bytes, err: bytes):
        self.arguments, self.status, self.out = arguments, status, out
        self.err = err.decode("utf-8", "replace")

    def json(self) -> dict:
        """The last line of standard output, which is JSON under `--json`."""
        return json.loads(self.out.splitlines()[-1])

    def __str__(self) -> str:
        return f"`jejak {' '.join(self.arguments)}` gave {self.status}; out {self.out[:400]!r}; err {self.err[:800]!r}"


class Engine:
    """One tape and one store, driven through the command line."""

    def __init__(self, case: "EngineCase", tape: Path, store: Path):
        self.case, self.tape, self.store = case, tape, store

    def arguments(self, words: Sequence[Union[str, Path]]) -> list[str]:
        return [*map(str, words), "--tape", str(self.tape), "--store", str(self.store)]

    def run(self, *words: Union[str, Path], stdin: Optional[bytes] = None) -> Result:
        """Runs to the end, whatever the exit code."""
        arguments = self.arguments(words)
        done = subprocess.run(
            [str(self.case.binary), *arguments], input=stdin if stdin is not None else b"",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT_SECONDS, check=False,
        )
        return Result(arguments, done.returncode, done.stdout, done.stderr)

    def ok(self, *words: Union[str, Path], stdin: Optional[bytes] = None) -> Result:
        """Runs what has to succeed."""
        result = self.run(*words, stdin=stdin)
        self.case.assertEqual(result.status, GOOD, str(result))
        return result

    def refused(self, *words: Union[str, Path], status: Union[int, tuple], stdin: Optional[bytes] = None) -> str:
        """Runs what has to fail with one clear line; returns the line."""
        result = self.run(*words, stdin=stdin)
        self.case.assertIn(result.status, status if isinstance(status, tuple) else (status,), str(result))
        return self.one_line(result)

    def one_line(self, result: Result) -> str:
        lines = result.err.splitlines()
        self.case.assertEqual(len(lines), 1, str(result))
        self.case.assertTrue(lines[0].startswith("jejak: "), str(result))
        self.case.assertGreater(len(lines[0]), len("jejak: ") + 10, str(result))
        return lines[0]

    def start(self, *words: Union[str, Path], stdin: Optional[int] = subprocess.DEVNULL) -> subprocess.Popen:
        """Starts a process that the test ends itself, or that is killed when the test ends."""
        process = subprocess.Popen(
            [str(self.case.binary), *self.arguments(words)], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.case.addCleanup(end, process)
        return process

    # The commands, as the tests use them.

    def put(self, stream: str, *words: Union[str, Path], stdin: Optional[bytes] = None) -> dict:
        """Imports and returns the counts."""
        return self.ok("import", "--stream", stream, "--json", *words, stdin=stdin).json()

    def cat(self, stream: str, first: str, last: Optional[str] = None) -> bytes:
        days = ("--from-date", first, "--to-date", last) if last else ("--date", first)
        return self.ok("cat", "--stream", stream, *days).out

    def replay(self, *words: str) -> dict:
        return self.ok("replay", "--json", *words).json()

    def digests(self) -> dict[str, str]:
        """SHA-256 by `projection version date`, as `jejak digest` prints them."""
        lines = self.ok("digest").out.decode().splitlines()
        rows = dict(line.rsplit(" ", 1) for line in lines)
        self.case.assertEqual(len(rows), len(lines), "a row of `jejak digest` is there twice")
        for digest in rows.values():
            self.case.assertRegex(digest, "^[0-9a-f]{64}$")
        return rows

    def candles(self, *words: str, scales: tuple[int, int] = (0, 0)) -> list[dict]:
        lines = self.ok("export", "footprint", *words).out.decode().splitlines()
        return [oracle.read_exported(line, scales) for line in lines]


def end(process: subprocess.Popen) -> None:
    """Makes sure that a process is gone and its pipes are closed."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe and not pipe.closed:
            try:
                pipe.close()
            except BrokenPipeError:
                pass
    process.wait()


class EngineCase(unittest.TestCase):
    """A test with a folder of its own, gone afterwards."""

    maxDiff = 4000
    binary = BINARY

    @classmethod
    def setUpClass(cls) -> None:
        if not cls.binary.exists():
            raise AssertionError(f"the engine is not built: {cls.binary} (`swift build -c release --product jejak`)")

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="jejak-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.engine_count = 0
        self.engine = self.new_engine()

    def new_engine(self, tape: Optional[Path] = None) -> Engine:
        """An engine with an empty tape and store of its own."""
        self.engine_count += 1
        place = self.folder / f"engine{self.engine_count}"
        place.mkdir()
        return Engine(self, tape or place / "tape", place / "store")

    def write(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def mount(self, name: str, options: str) -> Path:
        """A tmpfs of its own, unmounted afterwards; skips the test where it cannot be mounted."""
        place = self.folder / name
        place.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            self.skipTest(f"a tmpfs cannot be mounted here: {done.stderr.decode().strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", str(place)], check=False)
        return place

    def remount(self, place: Path, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", str(place)], check=True)

    def assert_candles(self, got: list[dict], expected: list[dict]) -> None:
        """Equality candle by candle and level by level, with the first difference in the message."""
        for left, right in zip(got, expected):
            self.assertEqual(left, right)
        self.assertEqual(len(got), len(expected), "number of candles")
