"""Standard input on a stream that knows other sources: nothing is doubled, and nothing is held back."""

import subprocess
import unittest

from support import EngineCase, joined

DAY = "2026-02-10"


def lines(count: int, price: int = 100) -> list[bytes]:
    return [b"20260210|0900%02d|BBCA|%d|%d|B" % (number % 60, price, number + 1) for number in range(count)]


class StandardInput(EngineCase):
    def setUp(self) -> None:
        super().setUp()
        self.engine = self.new_engine()

    def put(self, payloads: list[bytes]) -> tuple[int, int]:
        counts = self.engine.put("idx.trades", "-", stdin=joined(payloads))
        return counts["appended"], counts["already_there"]

    def test_the_same_stream_again_and_grown(self):
        first = lines(100)
        self.assertEqual(self.put(first), (100, 0))
        self.assertEqual(self.put(first), (0, 100))
        self.assertEqual(self.put(lines(130)), (30, 100))
        self.assertEqual(self.engine.cat("idx.trades", DAY), joined(lines(130)))

    def test_another_stream_with_the_same_beginning(self):
        self.assertEqual(self.put(lines(100)), (100, 0))
        other = lines(50) + lines(20, price=200)
        self.assertEqual(self.put(other), (70, 0))
        self.assertEqual(self.engine.cat("idx.trades", DAY), joined(lines(100) + other))

    def test_a_new_source_is_acknowledged_while_it_comes(self):
        self.put(lines(100))
        process = self.engine.start(
            "import", "--stream", "idx.trades", "--acks", "-", stdin=subprocess.PIPE)
        assert process.stdin and process.stdout
        for number in range(3):
            process.stdin.write(b"20260210|100000|TLKM|3000|%d|S\n" % (number + 1))
            process.stdin.flush()
            # The acknowledgement comes although the source has not ended; without it this would wait for ever.
            self.assertEqual(process.stdout.readline(), b"ACK %d\n" % (number + 1))
        process.stdin.close()
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(self.engine.cat("idx.trades", DAY).count(b"TLKM"), 3)


if __name__ == "__main__":
    unittest.main()
