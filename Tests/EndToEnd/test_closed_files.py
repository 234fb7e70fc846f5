"""A process started without standard files prints nothing into the tape."""

import os
import subprocess
import unittest
from itertools import combinations

from support import TIMEOUT_SECONDS, EngineCase, joined

DAY = "2026-02-10"


class ClosedFiles(EngineCase):
    def test_what_is_printed_goes_into_no_file_of_the_tape(self):
        lines = [b"20260210|090000|BBCA|100|%d|B" % number for number in range(1, 3000)]
        path = self.write("day.txt", joined(lines))
        for closed in [set_ for count in (1, 2, 3) for set_ in combinations((0, 1, 2), count)]:
            with self.subTest(closed=closed):
                engine = self.new_engine()
                for _ in range(2):
                    words = ["import", "--stream", "idx.trades", "--date", DAY, "--acks", str(path)]
                    done = subprocess.run(
                        [str(self.binary), *engine.arguments(words)], stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=TIMEOUT_SECONDS, check=False,
                        preexec_fn=lambda: [os.close(number) for number in closed])
                    self.assertEqual(done.returncode, 0)
                self.assertEqual(engine.cat("idx.trades", DAY), joined(lines))
                self.assertNotIn(b"ACK", b"".join(file.read_bytes() for file in engine.tape.rglob("*") if file.is_file()))
                counts = engine.put("idx.trades", "--date", DAY, path)
                self.assertEqual((counts["appended"], counts["already_there"]), (0, len(lines)))


if __name__ == "__main__":
    unittest.main()
