"""A sync fails, the engine is started again on the same mount, then the power is cut.

After a failed sync the page cache holds what the disk has not, and says nothing of it. A recovery that
believes the cache loses acknowledged messages at the next power cut.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Optional

from driver import FAILED, Source, Tape, expect
from volumes import Server, Volume, cannot_serve, sync_folder

FULL, SLICE, CHUNK = 100, 8, 4
PLANTED = {"trustcache": 12}


def missing() -> Optional[str]:
    return cannot_serve()


def lacking() -> Optional[str]:
    return None


def run(count: int, seed: int, folder: Path, planted: Optional[str] = None) -> dict:
    rnd, failed, acknowledged = random.Random(seed), 0, 0
    number = 0
    while failed < count:
        number += 1
        expect(number < 2 * count + 10, f"only {failed} of {number} syncs failed")
        # Trades that cannot be written, now and then a mark.
        marker = "JEJAKMRK" if rnd.random() < 0.25 and not planted else "|RG|"
        server = Server(folder, "nbd_failing_writes.py", f"bad={folder / 'bad'}", f"marker={marker}")
        volume = Volume(folder, "ext4", device=server.disk)
        try:
            volume.make()
            volume.mount()
            has_failed, acked = one(rnd, folder / "bad", volume, planted, f"round {number} ({marker})")
            failed, acknowledged = failed + has_failed, acknowledged + acked
        finally:
            (folder / "bad").unlink(missing_ok=True)
            volume.close()
            server.close()
    return {"done": failed, "rounds": number, "acknowledged": acknowledged}


def one(rnd: random.Random, bad: Path, volume: Volume, planted: Optional[str], when: str) -> tuple[bool, int]:
    source, tape = Source.of_one_day(rnd.randrange(1 << 30), 40_000), Tape(volume.place / "tape", planted)
    sync_folder(volume.place)
    process = tape.start(source.words, source.data)
    process.hear(5, acks=rnd.randrange(1, 5))
    bad.touch()
    process.hear(5, acks=10_000)  # until it ends, by itself
    result = process.end()
    before, has_failed = result.acked, result.status == FAILED and bad.stat().st_size > 0
    bad.unlink()
    # The disk is well again. The same command goes on, and what it acknowledges has to last.
    process = tape.start(source.words, source.data)
    process.hear(5, acks=rnd.randrange(1, 20))
    acked = max(before, process.hear())
    volume.cut()
    process.end()
    volume.unmount()
    volume.mount()
    tape.check_kept(source, acked, when)
    tape.complete(source, acked, when)
    return has_failed, acked
