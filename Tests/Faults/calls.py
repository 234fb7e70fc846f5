"""Every system call that changes a file, in turn, with every fault: once, for ever, cut short, or the process's last.

strace fails or kills at the first, second … call of each kind; planted.c cuts writes short.
"""

from __future__ import annotations

import collections
import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple, Optional

from driver import GOOD, Result, Source, Tape, expect

PARTS = 37  # the cases are dealt out to so many tasks; all of them are the full figure
FULL, SLICE, CHUNK = PARTS, 2, 1
PLANTED = {"ignore": 1}
CALLS = ("mkdir", "fallocate", "ftruncate", "pwrite64", "pwritev", "write", "rename", "unlink", "fsync", "fdatasync", "msync")
# Calls that look; only those that go to the tape, since a program whose libraries do not load is none.
LOOKS = ("openat", "pread64", "getdents64", "newfstatat", "flock", "fadvise64")
KILLS = ("signal=KILL:when={}", "seccomp signal=KILL:when={}")  # in front of the call, and behind it
# A call that is interrupted for ever may be made again for ever; fifty times shows as much.
FAULTS = (
    *KILLS, "error=EIO:when={}", "error=EIO:when={}+", "error=ENOSPC:when={}", "error=ENOSPC:when={}+",
    "error=EINTR:when={}", "error=EINTR:when={}+50")
LOOK_FAULTS = ("error=EIO:when={}", "error=EIO:when={}+", "error=EINTR:when={}")


class Case(NamedTuple):
    command: str
    call: str
    number: int
    fault: str


def missing() -> Optional[str]:
    if not shutil.which("strace"):
        return "strace is not installed"
    works = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL, check=False)
    return None if works.returncode == 0 else "strace is not allowed here"


def lacking() -> Optional[str]:
    return None


def run(count: int, seed: int, folder: Path, planted: Optional[str] = None) -> dict:
    bench = Bench(folder, random.Random(7))  # the same cases in every part
    cases = [case for command in bench.commands for case in bench.cases(command)]
    random.Random(7).shuffle(cases)
    if planted:
        cases = [case for case in cases if case[:2] == ("import", "pwrite64") and case.fault == "error=EIO:when={}"]
    else:
        cases = [case for part in range(count) for case in cases[(seed + part) % PARTS :: PARTS]]
    outcomes: collections.Counter = collections.Counter()
    for case in cases:
        outcomes[bench.one(case, planted)] += 1
    return {"done": len(cases), **outcomes}


class Bench:
    """The four commands, each with the tape that it finds."""

    def __init__(self, folder: Path, rnd: random.Random):
        self.folder = folder
        self.source = Source.of_days(rnd.randrange(1 << 30), 1500, 2)
        self.input = folder / "source.txt"
        self.input.write_bytes(self.source.data)
        self.commands = {
            "import": (*self.source.words[:-1], str(self.input)), "seal": ("seal",), "prune": ("prune", "--yes"),
            "replay": ("replay",)}
        self.paths: dict[str, list[Path]] = {}
        tape = Tape(folder / "tape")
        for command, before in (("import", ()), ("seal", self.commands["import"]), ("prune", ("seal",))):
            if before:
                tape.ok(*before)
                shutil.copytree(tape.root, folder / command)
        shutil.copytree(folder / "seal", folder / "replay")
        tape.ok("replay")
        self.digests = tape.ok("digest").out
        tape.remove()

    def fresh(self, command: str, planted: Optional[str] = None, short: Optional[str] = None) -> Tape:
        tape = Tape(self.folder / "tape", planted, short)
        tape.remove()
        if command != "import":
            shutil.copytree(self.folder / command, tape.root)
        return tape

    def cases(self, command: str) -> list[Case]:
        """Each call of an undisturbed run, by its number within its thread as strace counts, and each fault."""
        found = self.calls_of(command, CALLS)
        cases = [Case(command, *call, fault) for call in found for fault in FAULTS]
        writes = [number for call, number in found if call == "pwrite64"]
        cases += [Case(command, "pwrite64", n, short) for n in writes for short in ("short {}", "short {}+")]
        self.paths[command] = [self.folder / "tape", *sorted((self.folder / "tape").rglob("*"))]
        return cases + [Case(command, *call, fault) for call in self.calls_of(command, LOOKS) for fault in LOOK_FAULTS]

    def calls_of(self, command: str, calls: tuple) -> list[tuple[str, int]]:
        log = self.folder / "trace"
        words = ["strace", "-f", "-qq", "-o", str(log), *self.only_tape(command, calls[0]), "-e", f"trace={','.join(calls)}"]
        result = self.fresh(command).run(*self.commands[command], wrap=words)
        expect(result.status == GOOD, result)
        made: collections.Counter = collections.Counter()
        found = set()
        for thread, call in re.findall(r"^(\d+) +(\w+)\(", log.read_text(errors="replace"), re.MULTILINE):
            made[thread, call] += 1
            found.add((call, made[thread, call]))
        return sorted(found)

    def only_tape(self, command: str, call: str) -> list[str]:
        """strace's words for calls that concern the tape's files, where others would be hit as well."""
        return [word for path in self.paths[command] for word in ("-P", str(path))] if call in LOOKS else []

    def one(self, case: Case, planted: Optional[str]) -> str:
        command, words = case.command, self.commands[case.command]
        when = f"{command}, {case.call} {case.fault.format(case.number)}"
        result = self.hurt(self.fresh(command, planted, self.short(case)), case, words)
        tape = Tape(self.folder / "tape")
        is_kill = case.fault in KILLS
        # Where nothing can be written for ever, neither can the line that says so.
        if not (case.call == "write" and case.fault.endswith("+") and result.status not in (-11, -6, -4)):
            tape.check_outcome(result, when, is_kill)
        acked = result.acked if command == "import" else len(self.source.lines)
        tape.check_kept(self.source, acked, when, whole=command != "import")
        if is_kill and command == "import":  # cut off once more, now while it recovers
            acked = max(acked, self.hurt(tape, case._replace(number=1 + case.number % 3), words).acked)
            tape.check_kept(self.source, acked, f"{when}, twice")
        self.finish(tape, command, acked, when)
        return "killed" if is_kill else "went_through" if result.status == GOOD else "refused"

    def short(self, case: Case) -> Optional[str]:
        return case.fault.format(case.number)[6:] if case.fault.startswith("short") else None

    def hurt(self, tape: Tape, case: Case, words: tuple) -> Result:
        if self.short(case):
            return tape.run(*words, hurt=True)
        fault = case.fault.format(case.number).replace("+50", f"..{case.number + 50}")
        filtered = ["--seccomp-bpf"] if fault.startswith("seccomp ") or "error" in fault else []
        harm = [word for name, value in tape.bug().items() for word in ("-E", f"{name}={value}")]
        return tape.run(*words, wrap=[
            "strace", "-f", "-qq", "-o", "/dev/null", *filtered, *harm, *self.only_tape(case.command, case.call),
            "-e", f"trace={case.call}", "-e", f"inject={case.call}:{fault.replace('seccomp ', '')}"])

    def finish(self, tape: Tape, command: str, acked: int, when: str) -> None:
        if command == "replay":
            look = tape.run("digest")  # a half-built store answers rightly, or says that it cannot
            expect(look.status in (GOOD, 1, 3), f"{when}: {look}")
            expect(set(look.out.splitlines()) <= set(self.digests.splitlines()), f"{when}: a wrong digest: {look}")
            tape.ok("replay")
            expect(tape.ok("digest").out == self.digests, f"{when}: another digest when it was replayed again")
            return
        if command == "import":
            tape.complete(self.source, acked, when)
        else:
            result = tape.run(*self.commands[command])
            expect(result.status == GOOD, f"{when}, taken up again: {result}")
            tape.check_tidy(when)
        tape.housekeep(self.source, when)
