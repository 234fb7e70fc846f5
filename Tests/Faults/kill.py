"""`kill -9` at any moment: half of the kills inside recovery, a tenth in seal and prune.

It shows that recovery works, not that syncs are there: the page cache outlives the process.
"""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path
from typing import Optional

from driver import GOOD, STREAM, Source, Tape, expect

FULL, SLICE, CHUNK = 5000, 400, 250
PLANTED = {"lazy": 100}


def missing() -> Optional[str]:
    return None


def lacking() -> Optional[str]:
    return None


def run(count: int, seed: int, folder: Path, planted: Optional[str] = None) -> dict:
    rnd = random.Random(seed)
    imports, sealing = ImportKills(folder, rnd, planted), SealKills(folder, rnd)
    while (kills := imports.kills + imports.recovering + sealing.kills) < count:
        if sealing.kills * 10 < kills and not planted:
            sealing.once()
        else:
            imports.once(recovering=imports.recovering * 10 <= kills * 6)
    return {"done": kills, "in_recovery": imports.recovering, "in_seal_and_prune": sealing.kills,
            "acknowledged": imports.acknowledged}


class ImportKills:
    def __init__(self, folder: Path, rnd: random.Random, planted: Optional[str]):
        self.rnd, self.folder, self.planted = rnd, folder, planted
        self.sources = [Source.of_one_day(rnd.randrange(1 << 30), 8000), Source.of_days(rnd.randrange(1 << 30), 8000, 4)]
        self.kills = self.recovering = self.acknowledged = self.tapes = 0
        self.opening = 0.03  # seconds from the start to the first acknowledgement behind a kill
        self.new_tape()

    def new_tape(self) -> None:
        self.tapes += 1
        self.tape = Tape(self.folder / f"tape{self.tapes}", self.planted)
        self.source, self.acked, self.is_unclean = self.rnd.choice(self.sources), 0, False

    def once(self, recovering: bool) -> None:
        process = self.tape.start(self.source.words, self.source.data)
        started = time.monotonic()
        if recovering and self.is_unclean:
            time.sleep(self.rnd.uniform(0, self.opening))
            process.hear()
        else:
            process.hear(seconds=5, acks=1)
            self.opening = 0.9 * self.opening + 0.1 * (time.monotonic() - started) if self.is_unclean else self.opening
            process.hear(seconds=self.rnd.choice((0, self.rnd.uniform(0, 0.004), self.rnd.uniform(0, 0.04))), acks=40)
        had_acked = bool(process.acked)
        result = process.end()
        expect(result.status in (GOOD, -signal.SIGKILL), result)
        if result.status != GOOD:
            self.kills += had_acked or not self.is_unclean
            self.recovering += self.is_unclean and not had_acked
            self.is_unclean = True
        self.acknowledged += max(0, result.acked - self.acked)
        self.acked = max(self.acked, result.acked)
        kept = self.tape.check_kept(self.source, self.acked, f"kill {self.kills + self.recovering} on {self.tape.root.name}")
        if kept == len(self.source.lines) or self.rnd.random() < 0.04:
            self.tape.complete(self.source, self.acked, f"kill {self.kills + self.recovering} on {self.tape.root.name}")
            self.tape.remove()
            self.new_tape()


class SealKills:
    """Seal, seal again with late messages, and prune, on copies of one tape."""

    def __init__(self, folder: Path, rnd: random.Random):
        self.rnd, self.kills, self.number, self.states = rnd, 0, 0, []
        lines = Source.of_one_day(rnd.randrange(1 << 30), 3000).lines
        early = Source(lines[:2000], Source.of_one_day(1, 1).day)
        self.source = Source(lines, early.day)
        place = folder / "sealing"
        tape = Tape(place)
        late = Source(lines[2000:], early.day)
        for step, words in enumerate((early.words, ("seal",), late.words, ("seal",), ("prune", "--yes"))):
            if words[0] != "import" and not (step == 1 and rnd.random() < 0.5):
                # What the command finds, what it is, and what must be there whatever happens to it.
                shutil.copytree(place, folder / f"state{step}")
            started = time.monotonic()
            tape.ok(*words, stdin=early.data if step == 0 else late.data if step == 2 else b"")
            if (folder / f"state{step}").exists():
                span = time.monotonic() - started
                self.states.append((folder / f"state{step}", words, early if step == 1 else self.source, span))
        self.folder = folder
        tape.remove()

    def once(self) -> None:
        pristine, words, source, span = self.rnd.choice(self.states)
        tape = Tape(self.folder / "sealing")
        shutil.copytree(pristine, tape.root)
        while True:
            process = tape.start(words)
            process.hear(self.rnd.uniform(0, 1.2 * span))
            result = process.end()
            expect(result.status in (GOOD, -signal.SIGKILL), result)
            self.kills += result.status != GOOD
            when = f"kill {self.kills} in {words[0]} of {pristine.name}"
            tape.check_kept(source, len(source.lines), when, whole=True)
            if result.status == GOOD or self.rnd.random() < 0.4:
                break
        tape.ok(*words)
        tape.check_kept(source, len(source.lines), f"{when}, completed", whole=True)
        tape.check_tidy(when)
        expect((tape.root / STREAM / str(source.day) / "day.json").exists(), f"{when}: no seal")
        tape.remove()
