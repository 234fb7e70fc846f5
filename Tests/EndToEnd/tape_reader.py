"""Restores a sealed day from `day.tape` alone: container, hashes, Merkle root, metadata and payloads.
Follows a stream's chain of seals, over days that retention has removed too.

`zstd -dc` decompresses; `columns.py` knows the codecs. Nothing of the engine is used.
"""

import hashlib
import json
import struct
import subprocess

import columns
from columns import Damaged, Varints

NO_TIME = -(1 << 63)
SEAL = ("format", "stream", "day", "messages", "blocks", "raw_bytes", "raw_sha256", "root", "sealed_bytes",
        "sealed_at", "number", "previous")
TOMBSTONE = ("format", "stream", "day", "messages", "raw_bytes", "raw_sha256", "root", "sealed_bytes", "seal",
             "removed_at", "policy")


def sha(data):
    return hashlib.sha256(data).digest()


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def need(condition, detail):
    if not condition:
        raise Damaged(detail)


def hash_of(record, fields):
    """The hash of a seal or a tombstone."""
    return sha("".join(f"{record[field]}\n" for field in fields).encode()).hex()


def chain(folder):
    """Checks all seals and tombstones of a stream's folder; gives the chain's lines, and tombstones by day."""
    data = (folder / "seals").read_bytes()
    lines = [line.split(" ") for line in data[: data.rfind(b"\n") + 1].decode().splitlines()]
    tombstones = {}
    for number, line in enumerate(lines, 1):
        need(len(line) == 5 and int(line[0]) == number, f"line {number} of the chain")
    last = {line[1]: line for line in lines}
    for day, (number, _, root, sealed_at, digest) in last.items():
        seal = json.loads((folder / day / "day.json").read_bytes())
        before = lines[int(number) - 2][4] if int(number) > 1 else "0" * 64
        need(hash_of(seal, SEAL) == digest, f"the seal of {day} is not the chain's")
        need((seal["stream"], seal["day"], seal["root"]) == (folder.name, day, root), f"the seal of {day}")
        need((seal["number"], seal["sealed_at"], seal["previous"]) == (int(number), int(sealed_at), before),
             f"the place of the seal of {day}")
    for path in folder.glob("????-??-??/tombstone.json"):
        day, stone = path.parent.name, json.loads(path.read_bytes())
        seal = json.loads(path.with_name("day.json").read_bytes())
        need(hash_of(stone, TOMBSTONE) == stone["hash"], f"the tombstone of {day} is damaged")
        need(stone["seal"] == last[day][4], f"the tombstone of {day} is of another seal")
        for field in set(SEAL) & set(TOMBSTONE):
            need(stone[field] == seal[field], f"{field} in the tombstone of {day}")
        tombstones[day] = stone
    return lines, tombstones


class Block:
    """An entry of the index."""


class SealedDay:
    def __init__(self, data):
        self.data = data
        need(len(data) >= 80, "cut off")
        head, tail = data[:16], data[-64:]
        need(head == b"JEJAKDAY" + struct.pack("<HHI", 1, 0, 0), "header")
        need(tail[56:] == b"JEJAKEND" and tail[52:56] == bytes(4), "trailer")
        offset, size, digest, checksum = struct.unpack("<QQ32sI", tail[:52])
        need(crc32c(tail[:48] + head) == checksum, "checksum of the trailer")
        need(offset >= 16 and offset + size + 64 == len(data), "place of the index")
        self.raw = data[offset : offset + size]
        need(sha(self.raw) == digest, "hash of the index")
        self.at, self.end = 0, offset
        self.index()

    def take(self, form):
        values = struct.unpack_from("<" + form, self.raw, self.at)
        self.at += struct.calcsize("<" + form)
        return values if len(values) > 1 else values[0]

    def index(self):
        self.days, self.price_digits, self.quantity_digits, size = self.take("iBBB")
        self.stream = self.take(f"{size}s").decode()
        self.message_count, self.raw_hash, count = self.take("Q32sI")
        self.blocks, leaves = [], []
        for _ in range(count):
            start, block = self.at, Block()
            (block.first, block.count, block.codec, block.first_second, block.last_second, block.size,
             column_count) = self.take("QIHIIQB")
            block.columns = [self.take("BBQII32s") for _ in range(column_count)]
            leaves.append(sha(b"\0" + self.raw[start : self.at]))
            self.blocks.append(block)
        need(self.at == len(self.raw), "size of the index")
        while len(leaves) > 1:
            leaves = [
                sha(b"\1" + leaves[n] + leaves[n + 1]) if n + 1 < len(leaves) else leaves[n]
                for n in range(0, len(leaves), 2)
            ]
        self.root = (leaves[0] if leaves else sha(b"")).hex()

    def columns_of(self, block):
        frames = []
        for _, _, offset, stored, _, digest in block.columns:
            need(offset >= 16 and offset + stored <= self.end, "place of a column")
            frames.append(self.data[offset : offset + stored])
            need(sha(frames[-1]) == digest, "hash of a column")
        done = subprocess.run(["zstd", "-dcq"], input=b"".join(frames), stdout=subprocess.PIPE, check=True).stdout
        found, at = {}, 0
        for number, _, _, _, size, _ in block.columns:
            found[number] = done[at : at + size]
            at += size
        need(at == len(done), "sizes of columns")
        return found

    def messages(self):
        """Payload, receive time in nanoseconds, channel and direction of every message."""
        number, digest = 0, hashlib.sha256()
        for block in self.blocks:
            need(block.first == number, "number of a block")
            found = self.columns_of(block)
            facts = metadata(block.count, found.pop(240, b""), found.pop(241, b""))
            count = size = 0
            for payload, fact in zip(columns.messages(block.codec, block.count, found), facts):
                payload = bytes(payload)
                digest.update(payload + b"\n")
                count, size = count + 1, size + len(payload)
                yield (payload, *fact)
            need((count, size) == (block.count, block.size), "content of a block")
            number += count
        need(number == self.message_count, "count of messages")
        need(digest.digest() == self.raw_hash, "hash of the messages")

    def text(self):
        return b"".join(message[0] + b"\n" for message in self.messages())


def metadata(count, times, origins):
    times, origins = Varints(times), Varints(origins)
    has_times, has_origins = bool(times), bool(origins)
    unit = times.next() if has_times else 1
    last = left = channel = direction = 0
    facts = []
    for _ in range(count):
        time = NO_TIME
        if has_times:
            code = times.next()
            if code:
                last += (code - 1 >> 1) ^ -(code - 1 & 1)
                time = columns.signed(last * unit)
        if has_origins:
            if not left:
                left, channel, direction = origins.next(), origins.next(), origins.next()
            left -= 1
        facts.append((time, channel, direction))
    need(not times and not origins and not left, "rest of the metadata")
    return facts
