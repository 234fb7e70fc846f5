"""Power cuts: a file system on a loop device goes down at once, with all that was not made durable."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Optional

from driver import GOOD, Source, Tape, expect
from volumes import Volume, cannot_loop, sync_folder

FULL, SLICE, CHUNK = 1002, 90, 15
# A dropped sync of a directory cannot be found here: these file systems keep a new name with its file.
PLANTED = {"nosync": 30}
KINDS = (("ext4", "data=ordered"), ("ext4", "data=writeback"), ("xfs", ""))


def missing() -> Optional[str]:
    return cannot_loop("ext4")


def lacking() -> Optional[str]:
    return cannot_loop("xfs")


def run(count: int, seed: int, folder: Path, planted: Optional[str] = None) -> dict:
    kinds = [kind for kind in KINDS if not cannot_loop(kind[0])]
    kind, options = kinds[seed % len(kinds)]
    rnd, volume = random.Random(seed), Volume(folder, kind, options)
    volume.make()
    try:
        return Cuts(rnd, volume, planted).run(count)
    finally:
        volume.close()


class Cuts:
    """Imports, then seals and prunes what has been imported, cutting each of them off."""

    def __init__(self, rnd: random.Random, volume: Volume, planted: Optional[str]):
        self.rnd, self.volume, self.planted = rnd, volume, planted
        self.number = self.acknowledged = self.housekeeping = 0
        self.new_tape()

    def new_tape(self) -> None:
        self.number += 1
        days = self.rnd.choice((1, 3))
        seed = self.rnd.randrange(1 << 30)
        self.source = Source.of_one_day(seed, 6000) if days == 1 else Source.of_days(seed, 6000, days)
        self.tape = Tape(self.volume.place / f"tape{self.number}", self.planted)
        self.acked, self.words = 0, self.source.words

    def run(self, count: int) -> dict:
        for cut in range(count):
            self.once(f"cut {cut} of {self.volume.kind} {self.volume.options}")
        return {"done": count, f"{self.volume.kind} {self.volume.options}".strip(): count,
                "in_seal_and_prune": self.housekeeping, "acknowledged": self.acknowledged}

    def once(self, when: str) -> None:
        self.volume.mount()
        is_import = self.words == self.source.words
        process = self.tape.start(self.words, self.source.data if is_import else b"")
        # Only what was read before the cut counts: a sync on its way may return well and yet be lost.
        process.hear(self.rnd.uniform(0, 0.12), acks=10_000)
        acked = process.hear()
        self.volume.cut()
        result = process.end()
        self.volume.unmount()
        self.volume.mount()
        self.housekeeping += not is_import
        self.acknowledged += max(acked - self.acked, 0)
        self.acked = max(self.acked, acked)
        self.tape.check_kept(self.source, self.acked, f"{when} in {self.words[0]}")
        if not is_import or self.acked == len(self.source.lines) or self.rnd.random() < 0.2:
            self.go_on(when, result.status == GOOD)
        self.volume.unmount()

    def go_on(self, when: str, is_through: bool) -> None:
        """Finishes what was cut off, or cuts it again; behind prune, a new tape."""
        lines = len(self.source.lines)
        if self.words == self.source.words:
            self.tape.complete(self.source, self.acked, when)
            self.acked, self.words = lines, ("seal",)
        elif is_through or self.rnd.random() < 0.5:
            self.tape.ok(*self.words)
            self.tape.check_kept(self.source, lines, f"{when}, {self.words[0]} completed", whole=True)
            self.tape.check_tidy(when)
            if self.words == ("seal",):
                self.words = ("prune", "--yes")
            else:
                self.tape.remove()
                self.new_tape()
        sync_folder(self.volume.place)
