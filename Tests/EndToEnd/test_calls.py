"""Every system call that changes a file fails once, or is the last thing the process does.

Random kills seldom meet a window of a few microseconds, such as a file that is made and not yet written.
Here strace ends the process, or fails the call, at the first, the second … call of each kind in turn.
"""

import collections
import random
import re
import shutil
import subprocess
import unittest
from datetime import date, timedelta
from pathlib import Path

import market
from support import FAILED, GOOD, TIMEOUT_SECONDS, Engine, EngineCase, Result, joined

# Calls that change what is on the disk, or say that it is there.
CALLS = ("mkdir", "fallocate", "ftruncate", "pwrite64", "pwritev", "write", "rename", "unlink", "fsync", "fdatasync", "msync")
# strace delivers a signal in front of the call, or, when it filters calls with seccomp, behind it.
KILL_BEFORE, KILL_BEHIND = "before:signal=KILL", "behind:signal=KILL"
KILLS = (KILL_BEFORE, KILL_BEHIND)
ERRORS = ("behind:error=EIO", "behind:error=ENOSPC", "behind:error=EINTR")
FIRST_DAY = date(2026, 2, 9)
DAYS = 3
KILLED = (-9, 137)


def can_trace() -> bool:
    if not shutil.which("strace"):
        return False
    return subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


@unittest.skipUnless(can_trace(), "strace is absent or not allowed here")
class CallsCase(EngineCase):
    def setUp(self) -> None:
        super().setUp()
        rnd = random.Random(41)
        rows = market.trades(41, 4000, ["BBCA", "BBRI"])
        self.lines = [market.line6(row, FIRST_DAY + timedelta(rnd.randrange(DAYS))) for row in rows for _ in range(2)]
        self.path = self.write("source.txt", joined(self.lines))
        self.import_words = ("import", "--stream", "idx.trades", "--acks", self.path)
        self.engine.ok(*self.import_words)
        self.engine.replay()
        self.expected = self.engine.digests()

    def traced(self, engine: Engine, words: tuple, *options: str) -> Result:
        arguments = engine.arguments(words)
        done = subprocess.run(
            ["strace", "-f", "-qq", *options, str(self.binary), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT_SECONDS, check=False)
        return Result([*options[-1:], *arguments], done.returncode, done.stdout, done.stderr)

    def calls(self, engine: Engine, words: tuple) -> list[tuple[str, int]]:
        """Each call of an undisturbed run by its kind and its number within its thread, as strace counts."""
        log = self.folder / "trace"
        result = self.traced(engine, words, "-o", str(log), "-e", f"trace={','.join(CALLS)}")
        self.assertEqual(result.status, GOOD, str(result))
        made: collections.Counter = collections.Counter()
        found = set()
        for thread, call in re.findall(r"^(\d+) +(\w+)\(", log.read_text(errors="replace"), re.MULTILINE):
            made[thread, call] += 1
            found.add((call, made[thread, call]))
        self.assertGreater(len(found), 20)
        return sorted(found)

    def fault(self, engine: Engine, words: tuple, call: str, number: int, what: str) -> Result:
        when, _, what = what.partition(":")
        filtered = ["--seccomp-bpf"] if when == "behind" else []
        return self.traced(
            engine, words, "-o", "/dev/null", *filtered, "-e", f"trace={call}", "-e", f"inject={call}:{what}:when={number}")

    def acked(self, result: Result) -> int:
        whole = result.out.decode().split("\n")[:-1]
        return max((int(line[4:]) for line in whole if line.startswith("ACK ")), default=0)

    def assert_kept(self, engine: Engine, acked: int, whole: bool = False) -> None:
        for number in range(DAYS):
            day = FIRST_DAY + timedelta(number)
            prefix = f"{day:%Y%m%d}".encode()
            expected = [line for line in self.lines if line.startswith(prefix)]
            promised = sum(line.startswith(prefix) for line in self.lines[:acked])
            result = engine.run("cat", "--stream", "idx.trades", "--date", str(day))
            if promised or result.out:
                self.assertEqual(result.status, GOOD, str(result))
            self.assertTrue(joined(expected).startswith(result.out), "no beginning of the source")
            self.assertGreaterEqual(result.out.count(b"\n"), len(expected) if whole else promised)

    def assert_outcome(self, result: Result, what: str) -> None:
        """Killed, done all the same, or failed with one line; never a crash, never silence."""
        if what in KILLS:
            self.assertIn(result.status, (*KILLED, GOOD), str(result))
        elif result.status != GOOD:
            self.assertEqual(result.status, FAILED, str(result))
            self.engine.one_line(result)

    def assert_completes(self, engine: Engine) -> None:
        engine.ok(*self.import_words)
        self.assert_kept(engine, len(self.lines), whole=True)


class CallsOfAnImport(CallsCase):
    def one(self, engine: Engine, call: str, number: int, what: str) -> None:
        with self.subTest(call=call, number=number, what=what):
            result = self.fault(engine, self.import_words, call, number, what)
            self.assert_outcome(result, what)
            acked = self.acked(result)
            self.assert_kept(engine, acked)
            # The work is taken up and may be cut off once more, now while it recovers.
            if what in KILLS:
                again = self.fault(engine, self.import_words, call, 1 + number % 3, what)
                self.assert_outcome(again, what)
                self.assert_kept(engine, max(acked, self.acked(again)))
            self.assert_completes(engine)
        shutil.rmtree(engine.tape.parent)

    def test_killed_at_every_call(self):
        for call, number in self.calls(self.new_engine(), self.import_words):
            for what in KILLS:
                self.one(self.new_engine(), call, number, what)

    def test_every_call_fails_once(self):
        for call, number in self.calls(self.new_engine(), self.import_words):
            for what in ERRORS:
                self.one(self.new_engine(), call, number, what)

    def test_an_interrupted_call_is_made_again(self):
        for call, number in self.calls(self.new_engine(), self.import_words):
            if call in ("pwrite64", "fdatasync", "fsync", "ftruncate", "fallocate"):
                result = self.fault(self.new_engine(), self.import_words, call, number, "behind:error=EINTR")
                with self.subTest(call=call, number=number):
                    if call in ("fdatasync", "fsync"):  # giving up is right too: a failed sync cannot be trusted
                        self.assertIn(result.status, (GOOD, FAILED), str(result))
                    else:
                        self.assertEqual(result.status, GOOD, str(result))


class CallsOfAReplay(CallsCase):
    def run_with(self, what: str) -> None:
        for call, number in self.calls(Engine(self, self.engine.tape, self.folder / "counting"), ("replay",)):
            store = Path(self.folder / f"store-{call}-{number}")
            engine = Engine(self, self.engine.tape, store)
            with self.subTest(call=call, number=number, what=what):
                result = self.fault(engine, ("replay",), call, number, what)
                self.assert_outcome(result, what)
                look = engine.run("digest")  # a half-built store answers or says that it cannot
                self.assertIn(look.status, (GOOD, 1, FAILED), str(look))
                if look.status != GOOD:
                    engine.one_line(look)
                for line in look.out.decode().splitlines():
                    key, digest = line.rsplit(" ", 1)
                    self.assertEqual(self.expected.get(key), digest, "what is there is right")
                engine.replay()
                self.assertEqual(engine.digests(), self.expected)
            shutil.rmtree(store, ignore_errors=True)

    def test_a_listing_that_fails_is_no_empty_folder(self):
        for folder in sorted(path for path in self.engine.tape.rglob("*") if path.is_dir()):
            with self.subTest(folder=folder.name):
                engine = Engine(self, self.engine.tape, self.folder / f"store-{folder.name}")
                result = self.traced(
                    engine, ("replay",), "-o", "/dev/null", "-P", str(folder), "-e", "trace=getdents64",
                    "-e", "inject=getdents64:error=EIO")
                self.assertEqual(result.status, FAILED, str(result))
                self.engine.one_line(result)

    def test_killed_at_every_call(self):
        for what in KILLS:
            self.run_with(what)

    def test_every_call_fails_once(self):
        for what in ERRORS[:2]:
            self.run_with(what)


if __name__ == "__main__":
    unittest.main()
