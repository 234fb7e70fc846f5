"""Crash states of the block device: all up to a flush, and any part of what was on its way behind it.

A run on ext4 over a logged device is recorded; each state is an image that is mounted, recovered and checked.
"""

from __future__ import annotations

import os
import random
import struct
from pathlib import Path
from typing import Optional

from driver import GOOD, Source, Tape, expect
from volumes import SIZE_MIB, Server, Volume, cannot_serve, sync_folder

FULL, SLICE, CHUNK = 1000, 60, 20
PLANTED = {"nosync": 40}
WRITE, FLUSH, ZERO = 0, 1, 2
MODES = ("none", "prefix", "subset", "subset", "torn")


def missing() -> Optional[str]:
    return cannot_serve()


def lacking() -> Optional[str]:
    return None


def run(count: int, seed: int, folder: Path, planted: Optional[str] = None) -> dict:
    rnd = random.Random(seed)
    source = Source.of_days(rnd.randrange(1 << 30), 3000, 2)
    log = folder / "log"
    start, acks = record(log, folder, source, planted)
    requests = read(log)
    volume = Volume(folder, "ext4")
    tape = Tape(volume.place / "tape")
    disk, applied = bytearray(SIZE_MIB["ext4"] << 20), 0
    first = next(index for index, request in enumerate(requests) if request[4] > start)
    for number, point in enumerate(sorted(rnd.randrange(first, len(requests)) for _ in range(count))):
        flush = max((i for i in range(first, point + 1) if requests[i][0] == FLUSH), default=first - 1)
        while applied <= flush:
            apply(disk, requests[applied])
            applied += 1
        mode = rnd.choice(MODES)
        image = bytearray(disk)
        damage(image, requests[flush + 1 : point + 1], mode, rnd)
        volume.image.write_bytes(image)
        # An acknowledgement counts where it had been read before the flush was logged.
        acked = max((n for size, n in acks if flush >= first and size <= requests[flush][4]), default=0)
        when = f"state {number} at request {point} ({mode})"
        try:
            volume.mount()
            tape.check_kept(source, acked, when)
            tape.complete(source, acked, when)
            tape.housekeep(source, when)
        except RuntimeError as error:
            expect(False, f"{when}: {error}")
        finally:
            volume.close()
    return {"done": count, "recorded_requests": len(requests) - first}


def record(log: Path, folder: Path, source: Source, planted: Optional[str]) -> tuple[int, list[tuple[int, int]]]:
    """Imports, seals and prunes; where the log began, and its size at each acknowledgement that was read."""
    server = Server(folder, "nbd_logged_writes.py", f"log={log}")
    volume = Volume(folder, "ext4", device=server.disk)
    acks = []
    try:
        volume.make()
        volume.mount()
        sync_folder(volume.place)
        os.sync()
        start = log.stat().st_size
        tape = Tape(volume.place / "tape", planted)
        process = tape.start(source.words, source.data)
        while (n := process.hear(10, acks=1)) < len(source.lines):
            acks.append((log.stat().st_size, n))
            expect(process.process.poll() in (None, GOOD), process.process.args)
        acks.append((log.stat().st_size, n))
        process.process.wait()
        process.end()
        for words in (("seal",), ("prune", "--yes")):
            result = tape.run(*words, hurt=True)
            expect(result.status == GOOD, result)
        volume.unmount()
    finally:
        volume.close()
        server.close()
    return start, acks


def read(log: Path) -> list[tuple[int, int, int, bytes, int]]:
    """Every request: kind, offset, size, bytes, and where its record ends."""
    data, place, requests = log.read_bytes(), 0, []
    while place + 13 <= len(data):
        kind, offset, size = struct.unpack_from("<BQI", data, place)
        place += 13 + (size if kind == WRITE else 0)
        requests.append((kind, offset, size, data[place - size : place] if kind == WRITE else b"", place))
    return requests


def apply(disk: bytearray, request: tuple) -> None:
    kind, offset, size, data, _ = request
    if kind == WRITE:
        disk[offset : offset + size] = data
    elif kind == ZERO:
        disk[offset : offset + size] = bytes(size)


def damage(disk: bytearray, window: list[tuple], mode: str, rnd: random.Random) -> None:
    """Lets some of the requests that were on their way reach the disk."""
    window = [request for request in window if request[0] != FLUSH]
    for request in window:
        if mode == "prefix" or mode == "subset" and rnd.random() < 0.5 or mode == "torn" and rnd.random() < 0.7:
            apply(disk, request)
    if mode == "torn" and window and window[-1][0] == WRITE:
        _, offset, size, data, _ = window[-1]
        for start in range(0, size, 512):
            if rnd.random() < 0.5:
                disk[offset + start : offset + start + 512] = data[start : start + 512]
