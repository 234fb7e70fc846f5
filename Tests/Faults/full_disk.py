"""A small disk fills up and gets room again: nothing is lost, reads go on, and so do appends within a second."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path
from typing import Optional

from driver import GOOD, Source, Tape, expect
from volumes import cannot_mount

FULL, SLICE, CHUNK = 200, 24, 25
PLANTED = {"ignore": 10}
SIZE_KIB = 6144


def missing() -> Optional[str]:
    return cannot_mount()


def lacking() -> Optional[str]:
    return None


def run(count: int, seed: int, folder: Path, planted: Optional[str] = None) -> dict:
    rnd = random.Random(seed)
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_KIB}k", "tmpfs", str(disk)], check=True)
    refused = acknowledged = sealing_refused = number = 0
    slowest = 0.0
    source, tape, acked = None, None, 0
    try:
        for cycle in range(count):
            when = f"cycle {cycle}"
            if source is None:
                number += 1
                source, tape, acked = Source.of_one_day(rnd.randrange(1 << 30), 9000), Tape(disk / f"tape{number}", planted), 0
            room_kib = rnd.choice((0, 4, rnd.randrange(300)))
            fill(disk, room_kib)
            result = tape.run(*source.words, stdin=source.data, hurt=True)
            tape.check_outcome(result, f"{when}, full")
            refused += result.status != GOOD
            acked = max(acked, result.acked)
            tape.check_kept(source, acked, f"{when}, still full")
            (disk / "ballast").unlink()
            if result.status != GOOD:
                started = time.monotonic()
                process = tape.start(source.words, source.data)
                process.hear(seconds=10, acks=rnd.randrange(1, 12))
                slowest, was_heard = max(slowest, time.monotonic() - started), process.acked > 0
                result = process.end()
                expect(was_heard, f"{when}: nothing is acknowledged 10 s after there is room: {result}")
                expect(result.acked >= acked, f"{when}: only {result.acked} of {acked} acknowledged messages were found")
                acknowledged += result.acked - acked
                acked = result.acked
            kept = tape.check_kept(source, acked, f"{when}, with room")
            if kept == len(source.lines) or rnd.random() < 0.05:
                tape.complete(source, acked, when)
                sealing_refused += seal_when_full(disk, tape, source, rnd, when)
                tape.remove()
                source = None
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
    expect(slowest < 1, f"appending went on only {slowest:.2f} s after there was room")
    return {"done": count, "refused": refused, "seals_refused": sealing_refused, "acknowledged": acknowledged,
            "slowest_resume_ms": round(slowest * 1000)}


def fill(disk: Path, room_kib: int) -> None:
    """Leaves so much room and no more."""
    status = os.statvfs(disk)
    with (disk / "ballast").open("wb") as ballast:
        size = status.f_bavail * status.f_frsize - (room_kib << 10)
        if size > 0:
            os.posix_fallocate(ballast.fileno(), 0, size)


def seal_when_full(disk: Path, tape: Tape, source: Source, rnd: random.Random, when: str) -> int:
    """Seals where there may be no room, then where there is; returns whether it was refused."""
    fill(disk, rnd.choice((0, 8, 60)))
    result = tape.run("seal", hurt=True)
    tape.check_outcome(result, f"{when}, sealing on a full disk")
    tape.check_kept(source, len(source.lines), f"{when}, sealing on a full disk", whole=True)
    (disk / "ballast").unlink()
    tape.housekeep(source, when)
    return int(result.status != GOOD)
