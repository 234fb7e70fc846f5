"""Which payloads of a source are on the tape already: after kills, growth, and other sources like it."""

import os
import signal
import subprocess
import threading
import time
import unittest

from support import EngineCase, joined

DAY = "2026-02-20"
BROKSUM = b"date,ticker,broker,type,buy_lot,buy_val,sell_lot,sell_val,source"


def lines(start: int, end: int) -> list[bytes]:
    return [b"20260220|0900%02d|BBCA|%d|5|B" % (number % 60, 1000 + number) for number in range(start, end)]


def rows(symbol: str, *brokers: str) -> list[bytes]:
    return [f"2026-01-19,{symbol},{broker},Lokal,1,100,2,200,x".encode() for broker in brokers]


class Sources(EngineCase):
    def setUp(self) -> None:
        super().setUp()
        self.engine = self.new_engine()

    def put(self, name: str, data: bytes, stream: str = "idx.trades") -> tuple[int, int]:
        counts = self.engine.put(stream, self.write(name, data))
        return counts["appended"], counts["already_there"]

    def put_and_kill(self, name: str, data: bytes, sig: int) -> None:
        """Imports and ends the process at its first acknowledgement."""
        process = self.engine.start("import", "--stream", "idx.trades", "--acks", self.write(name, data))
        process.stdout.readline()
        process.send_signal(sig)
        process.communicate(timeout=60)

    def test_a_finished_source_is_known_although_a_killed_one_begins_like_it(self):
        source = joined(lines(0, 40_000))
        other = joined(lines(0, 35_000) + lines(50_000, 400_000))
        for sig in (signal.SIGKILL, signal.SIGINT):
            with self.subTest(signal=sig):
                self.engine = self.new_engine()
                self.assertEqual(self.put("s", source), (40_000, 0))
                self.put_and_kill("t", other, sig)
                self.assertEqual(self.put("s", source), (0, 40_000))
                appended, there = self.put("t", other)
                self.assertEqual(appended + there, 385_000)
                self.assertEqual(self.engine.cat("idx.trades", DAY).count(b"\n"), 425_000)

    def test_a_grown_last_line_killed_and_given_again(self):
        short = joined(lines(0, 20))[:-1]
        grown = short + b"|X\n" + joined(lines(20, 300_000))
        self.assertEqual(self.put("a", short), (20, 0))
        self.put_and_kill("b", grown, signal.SIGKILL)
        appended, there = self.put("b", grown)
        self.assertEqual(appended + there, 300_000)
        self.assertGreaterEqual(there, 10_000)
        # The line as it was stays on the tape: it was acknowledged.
        self.assertEqual(self.engine.cat("idx.trades", DAY).count(b"\n"), 300_001)
        self.assertEqual(self.put("b", grown), (0, 300_000))

    def test_a_last_line_without_lf_that_has_not_grown(self):
        short = joined(lines(0, 20))[:-1]
        self.assertEqual(self.put("a", short), (20, 0))
        self.assertEqual(self.put("a", short), (0, 20))
        self.assertEqual(self.put("b", short + b"\n"), (0, 20))
        self.assertEqual(self.put("c", short + b"\n" + joined(lines(20, 25))), (5, 20))

    def test_a_table_grown_inside_its_last_run(self):
        table = joined([BROKSUM] + rows("BBCA", "AA", "BB"))
        grown = table + joined(rows("BBCA", "CC", "DD") + rows("TLKM", "AA"))
        self.assertEqual(self.put("a.csv", table, "idx.broksum"), (2, 0))
        self.assertEqual(self.put("a.csv", table, "idx.broksum"), (0, 2))
        self.assertEqual(self.put("b.csv", grown, "idx.broksum"), (2, 1))
        kept = self.engine.cat("idx.broksum", "2026-01-19")
        self.assertEqual(kept.count(b",CC,"), 1)
        self.assertEqual(kept.count(b"TLKM"), 1)
        self.assertEqual(self.put("b.csv", grown, "idx.broksum"), (0, 3))

    def test_a_table_grown_by_another_run(self):
        table = joined([BROKSUM] + rows("BBCA", "AA", "BB"))
        self.assertEqual(self.put("a.csv", table, "idx.broksum"), (2, 0))
        self.assertEqual(self.put("b.csv", table + joined(rows("TLKM", "AA")), "idx.broksum"), (1, 2))

    def test_pipes_are_read_once(self):
        for number in range(2):
            pipe = self.folder / f"pipe{number}"
            os.mkfifo(pipe)
            data = joined(lines(1000 * number, 1000 * number + 1000))

            def feed() -> None:
                with open(pipe, "wb") as target:
                    target.write(data)

            writer = threading.Thread(target=feed)
            writer.start()
            counts = self.engine.put("idx.trades", pipe)
            writer.join()
            self.assertEqual((counts["appended"], counts["already_there"]), (1000, 0))
        self.assertEqual(self.engine.cat("idx.trades", DAY), joined(lines(0, 2000)))

    def test_a_lone_bracket_does_not_swallow_lines(self):
        data = joined(lines(0, 100) + [b"{"] + lines(100, 1000) + [b"["] + lines(1000, 1010))
        counts = self.engine.put("idx.trades", "--date", DAY, self.write("a", data))
        self.assertEqual((counts["appended"], counts["undecodable"]), (1012, 2))
        self.assertEqual(self.engine.cat("idx.trades", DAY), data)

    def test_a_bracket_at_the_start_without_its_counterpart(self):
        data = joined([b"{"] + lines(0, 1000))
        counts = self.engine.put("idx.trades", "--date", DAY, self.write("a", data))
        self.assertEqual((counts["appended"], counts["undecodable"]), (1001, 1))

    def test_times_beyond_the_tape(self):
        line = b"22630101|090000|BBCA|100|5|B\n"
        self.engine.put("idx.trades", "--date", DAY, self.write("a", line))
        envelope = b'{"v":2,"fmt":"ob2","raw":"x","ts":9223372036854}\n'
        self.engine.put("idx.book", "--date", DAY, self.write("b", envelope))
        report = self.engine.ok("replay", "--json").json()
        self.assertEqual((report["messages"], report["undecodable"]), (2, 2))

    def test_an_interrupt_while_standard_input_is_silent(self):
        self.put("a", joined(lines(0, 10)))
        process = self.engine.start("import", "--stream", "idx.trades", "-", stdin=subprocess.PIPE)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), 130)


if __name__ == "__main__":
    unittest.main()
