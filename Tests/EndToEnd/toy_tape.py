#!/usr/bin/env python3
"""A tape in a few lines that understands just what the kill tests say, and that can be told to err.

It is here to be wrong: a kill test that passes on TOY_BUG proves nothing about the engine.
`early` acknowledges before it writes; `double` forgets on restart how far the source is on the tape;
`torn` does not cut a broken tail; without TOY_BUG it is right.
"""

import argparse
import hashlib
import json
import os
import struct
import sys
import time
import zlib
from pathlib import Path

BUG = os.environ.get("TOY_BUG", "")
HEAD = struct.Struct("<II")
GROUP = 500


def frames(data: bytes):
    """Payloads with the offset behind each, up to the first frame that is not whole."""
    place = 0
    while place + HEAD.size <= len(data):
        size, checksum = HEAD.unpack_from(data, place)
        payload = data[place + HEAD.size : place + HEAD.size + size]
        place += HEAD.size + size
        if place > len(data) or (zlib.crc32(payload) != checksum and BUG != "torn"):
            return
        yield payload, place


def append(log: Path, lines: list[bytes], acks: bool) -> dict:
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    kept = list(frames(log.read_bytes()))
    if BUG != "torn":
        os.truncate(log, kept[-1][1] if kept else 0)
    there = 0 if BUG == "double" and len(kept) < len(lines) else len(kept)
    with log.open("ab", buffering=0) as file:
        for start in range(there, len(lines), GROUP):
            group = lines[start : start + GROUP]
            if acks and BUG == "early":
                print(f"ACK {start + len(group)}", flush=True)
            for number, payload in enumerate(group):
                frame = HEAD.pack(len(payload), zlib.crc32(payload)) + payload
                file.write(frame[:9])
                if number == 0:
                    time.sleep(0.005)  # the moment in which a kill finds the bug; long, so that one does
                file.write(frame[9:])
            if acks and BUG != "early":
                print(f"ACK {start + len(group)}", flush=True)
    if acks:
        print(f"ACK {len(lines)}", flush=True)
    return {"appended": len(lines) - there, "already_there": there, "undecodable": 0}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=("import", "cat", "replay", "digest"))
    for name in ("stream", "date", "from-date", "to-date", "store", "threads"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--tape", type=Path)
    parser.add_argument("--acks", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_intermixed_args()
    log = options.tape / "log"
    if options.command == "import":
        counts = append(log, options.files[0].read_bytes().split(b"\n")[:-1], options.acks)
        print(json.dumps(counts))
    elif options.command == "cat":
        data = log.read_bytes() if log.exists() else b""
        sys.stdout.buffer.write(b"".join(payload + b"\n" for payload, _ in frames(data)))
    elif options.command == "replay":
        print("{}")
    else:
        print("footprint 1 2026-02-10", hashlib.sha256(log.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
