"""The worked examples of tape/FORMAT.md are what the independent reader makes of them."""

import hashlib
import re
import unittest

from support import ROOT
from tape_reader import NO_TIME, SEAL, TOMBSTONE, SealedDay, hash_of

TEXT = (ROOT / "tape" / "FORMAT.md").read_text()


def bytes_in(part: str) -> bytes:
    """The bytes of a dump whose lines begin with their offset."""
    found = b""
    for offset, line in re.findall(r"^ *(\d+)  ((?:[0-9a-f]{2}[0-9a-f ]*)+)$", part, re.MULTILINE):
        assert int(offset) == len(found), f"the dump goes on at {offset}, not {len(found)}"
        found += bytes.fromhex(line)
    return found


class FormatExample(unittest.TestCase):
    def setUp(self) -> None:
        self.part = TEXT[TEXT.index("The same two messages sealed"):]
        self.data = bytes_in(self.part[: self.part.index("With one block")])
        self.day = SealedDay(self.data)

    def test_the_sealed_day(self):
        self.assertIn(f"of {len(self.data)} bytes", self.part)
        self.assertEqual(list(self.day.messages()), [
            (b"hello", 1_770_000_000_123_456_789, 7, 0), (b"tape!", NO_TIME, 0, 1)])
        self.assertEqual(self.day.root, hashlib.sha256(b"\0" + self.data[158:389]).hexdigest())

    def test_the_seal_and_the_tombstone(self):
        seal = dict(zip(SEAL, (
            1, self.day.stream, "2026-02-09", 2, 1, 10, self.day.raw_hash.hex(), self.day.root, len(self.data),
            1_770_000_000_000_000_000, 1, "0" * 64)))
        self.assertIn(seal["raw_sha256"], self.part)
        line = f"\n1 2026-02-09 {self.day.root} 1770000000000000000 {hash_of(seal, SEAL)}\n"
        self.assertIn(line, self.part)
        stone = {**seal, "seal": hash_of(seal, SEAL), "removed_at": 1_770_000_000_000_000_000,
                 "policy": "sealed_days 30"}
        self.assertIn(hash_of(stone, TOMBSTONE), self.part)


if __name__ == "__main__":
    unittest.main()
