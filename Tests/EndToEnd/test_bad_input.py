"""What bad input gets: one clear line, the right exit code, and nothing lost, skipped or guessed."""

import gzip
import random
import signal
import subprocess
import time
import unittest
from datetime import date

import market
import oracle
from support import FAILED, GOOD, USAGE, EngineCase, compressed, end, joined, needs_root

DAY = "2026-02-10"


class BadArguments(EngineCase):
    """Wrong flags, dates, symbols and files: one line that says what was expected."""

    def setUp(self) -> None:
        super().setUp()
        self.lines = market.day20(1, 100)
        self.path = self.write("day.txt", joined(self.lines))

    def test_usage(self):
        good = ("import", "--stream", "idx.trades", "--date", DAY, self.path)
        wrong = {
            "unknown command": ("footprint",),
            "unknown flag": (*good, "--colour", "red"),
            "flag without its value": ("import", self.path, "--stream"),
            "no stream": ("import", "--date", DAY, self.path),
            "no file": ("import", "--stream", "idx.trades", "--date", DAY),
            "no such date": ("import", "--stream", "idx.trades", "--date", "2026-02-30", self.path),
            "date in another form": ("import", "--stream", "idx.trades", "--date", "20260210", self.path),
            "date that is none": ("import", "--stream", "idx.trades", "--date", "today", self.path),
            "stream that leaves the tape": ("import", "--stream", "../x", "--date", DAY, self.path),
            "empty stream": ("import", "--stream", "", "--date", DAY, self.path),
            "scale too large": (*good, "--price-scale", "99"),
            "scale that is none": (*good, "--price-scale", "two"),
            "negative scale": (*good, "--quantity-scale", "-1"),
            "no threads": ("replay", "--threads", "0"),
            "threads that are none": ("replay", "--threads", "many"),
            "from after to": ("replay", "--from", "2026-02-11", "--to", "2026-02-10"),
            "cat without a day": ("cat", "--stream", "idx.trades"),
            "cat without a stream": ("cat", "--date", DAY),
            "unknown projection": ("digest", "--projection", "handprint"),
            "unknown time frame": ("export", "footprint", "--tf", "7x"),
            "unknown thing to export": ("export", "handprint"),
            "unknown thing to show": ("show", "handprint"),
            "simulate no days": ("simulate", "--days", "0", "--symbols", "5", "--seed", "1", "--from", DAY, "--out", self.folder / "o"),
            "simulate nowhere": ("simulate", "--days", "1", "--symbols", "5", "--seed", "1", "--from", DAY),
        }
        for name, words in wrong.items():
            with self.subTest(name):
                self.engine.refused(*words, status=USAGE)
        self.assertFalse(list(self.engine.tape.rglob("*.log")) if self.engine.tape.exists() else [], "nothing was imported")

    def test_the_line_names_what_was_wrong(self):
        line = self.engine.refused("import", "--stream", "idx.trades", "--date", "2026-02-30", self.path, status=USAGE)
        self.assertIn("2026-02-30", line)
        line = self.engine.refused("import", "--stream", "idx.trades", "--date", DAY, "--colour", self.path, status=USAGE)
        self.assertIn("--colour", line)
        missing = self.folder / "missing.txt"
        line = self.engine.refused("import", "--stream", "idx.trades", "--date", DAY, missing, status=(USAGE, FAILED))
        self.assertIn("missing.txt", line)

    def test_wrong_files(self):
        (self.folder / "folder").mkdir()
        for path in (self.folder / "missing.txt", self.folder / "folder", self.path / "below"):
            with self.subTest(path.name):
                self.engine.refused("import", "--stream", "idx.trades", "--date", DAY, path, status=(USAGE, FAILED))

    def test_a_wrong_file_behind_a_good_one(self):
        """The good one may be on the tape or not, but whole; and the call can be made again."""
        missing = self.folder / "later.txt"
        self.engine.refused("import", "--stream", "idx.trades", "--date", DAY, self.path, missing, status=(USAGE, FAILED))
        missing.write_bytes(joined(market.day20(2, 50)))
        self.engine.put("idx.trades", "--date", DAY, self.path, missing)
        self.assertEqual(self.engine.cat("idx.trades", DAY), self.path.read_bytes() + missing.read_bytes())

    def test_no_day_at_all(self):
        """Twenty fields have no date: without --date and receive time the line is refused, not guessed."""
        self.engine.refused("import", "--stream", "idx.trades", self.path, status=(USAGE, FAILED))

    def test_the_tape_is_a_file(self):
        engine = self.new_engine(tape=self.write("tape-file", b"no folder"))
        engine.refused("import", "--stream", "idx.trades", "--date", DAY, self.path, status=FAILED)

    def test_a_scale_that_contradicts_the_stream(self):
        six = self.write("six.txt", joined(market.day6(1, 10, date(2026, 2, 10))))
        self.engine.put("crypto.trades", "--price-scale", "8", "--quantity-scale", "8", six)
        more = self.write("more.txt", joined(market.day6(2, 10, date(2026, 2, 10))))
        self.engine.refused(
            "import", "--stream", "crypto.trades", "--price-scale", "2", "--quantity-scale", "8", more, status=(USAGE, FAILED))

    def test_help_is_no_failure(self):
        for command in ("import", "cat", "replay", "digest", "export", "show", "simulate"):
            result = self.engine.run(command, "--help")
            self.assertEqual((result.status, result.err), (GOOD, ""), str(result))
            self.assertIn(command, result.out.decode())
        self.assertEqual(self.engine.run("--help").status, GOOD)

    def test_a_reader_that_goes_away(self):
        """`jejak cat | head -1` ends quietly."""
        big = self.write("big.txt", joined(market.day20(3, 50_000)))
        self.engine.put("idx.trades", "--date", DAY, big)
        process = self.engine.start("cat", "--stream", "idx.trades", "--date", DAY)
        process.stdout.readline()
        process.stdout.close()
        process.wait(timeout=30)
        self.assertLessEqual(len(process.stderr.read().splitlines()), 1)


class BadContent(EngineCase):
    """Bad data is data: it stays on the tape, is counted, and replay goes on."""

    def compare(self, payloads: list[bytes]) -> None:
        expected = oracle.footprint(payloads, date.fromisoformat(DAY))
        counts = self.engine.put("idx.trades", "--date", DAY, self.write("source", joined(payloads)))
        self.assertEqual((counts["appended"], counts["undecodable"]), (len(payloads), expected.undecodable))
        self.assertEqual(self.engine.cat("idx.trades", DAY), joined(payloads))
        report = self.engine.replay()
        self.assertEqual((report["messages"], report["trades"], report["undecodable"]),
                         (len(payloads), expected.trades, expected.undecodable))
        self.assert_candles(self.engine.candles(), expected.candles)

    def test_empty_file(self):
        for suffix in ("", ".gz", ".zst"):
            path = self.write(f"empty{suffix}", compressed(b"", suffix))
            counts = self.engine.put("idx.trades", "--date", DAY, path)
            self.assertEqual((counts["appended"], counts["already_there"]), (0, 0))
        self.assertEqual(self.engine.put("idx.trades", "--date", DAY, "-", stdin=b"")["appended"], 0)
        self.assertEqual(self.engine.replay()["messages"], 0)

    def test_binary_rubbish(self):
        rubbish = [p for p in random.Random(1).randbytes(300_000).split(b"\n") if p]
        self.assertGreater(len(rubbish), 1000)
        self.compare(rubbish)

    def test_empty_lines(self):
        lines = market.day20(1, 10)
        self.compare(lines[:5] + [b"", b""] + lines[5:])

    def test_rubbish_in_the_middle_of_a_day(self):
        lines = market.day20(2, 1000)
        lines[500:500] = [b"\x00" * 100, b"|" * 19, b"B" * 5000, b'{"v":2,"fmt":"pipe","raw":', b'{"v":3,"fmt":"cbor","raw":"x"}']
        self.compare(lines)

    def test_an_unknown_layout_in_the_middle_of_a_day(self):
        lines = market.day20(3, 1000)
        lines[500:500] = [b"20260210;090000;BBCA;9575;150;B", b"T,BBCA,9575,150", b"<trade code='BBCA'/>"] * 10
        self.compare(lines)

    def test_a_line_of_100_megabytes(self):
        """Kept whole or refused in one line; either way the lines before it are safe and nothing crashes."""
        lines = market.day20(4, 1000)
        long_line = b"x" * 100_000_000
        path = self.write("long.txt", joined([*lines[:500], long_line, *lines[500:]]))
        result = self.engine.run("import", "--stream", "idx.trades", "--date", DAY, path)
        out = self.engine.cat("idx.trades", DAY)
        if result.status == GOOD:
            self.assertEqual(out, path.read_bytes())
            self.assertEqual(self.engine.replay()["undecodable"], 1)
        else:
            self.assertEqual(result.status, FAILED, str(result))
            self.engine.one_line(result)
            self.assertEqual(out, joined(lines[:500]))

    def test_a_long_line_without_an_end(self):
        """Endless input is not gathered in memory for ever."""
        path = self.write("endless.txt", b"y" * 150_000_000)
        result = self.engine.run("import", "--stream", "idx.trades", "--date", DAY, path)
        self.assertIn(result.status, (GOOD, FAILED), str(result)[:1000])
        if result.status == FAILED:
            self.engine.one_line(result)

    def test_compressed_files_that_are_cut_or_none(self):
        lines = market.day20(5, 20_000)
        data = joined(lines)
        for suffix in (".gz", ".zst"):
            whole = compressed(data, suffix)
            for name, content in {
                "cut": whole[: len(whole) * 2 // 3],
                "cut at the end": whole[:-3],
                "damaged": whole[:2000] + bytes(b ^ 0xFF for b in whole[2000:2050]) + whole[2050:],
                "no such thing": b"not compressed at all\n" * 10,
            }.items():
                with self.subTest(suffix=suffix, what=name):
                    engine = self.new_engine()
                    path = self.write(f"{name}{suffix}".replace(" ", "-"), content)
                    engine.refused("import", "--stream", "idx.trades", "--date", DAY, path, status=FAILED)
                    kept = engine.run("cat", "--stream", "idx.trades", "--date", DAY).out
                    if name != "damaged":
                        self.assertTrue(data.startswith(kept), "what came out of the cut file is whole lines of the source")
                    if name.startswith("cut"):
                        # The whole file continues where the cut one ended, and doubles nothing.
                        engine.put("idx.trades", "--date", DAY, self.write(f"whole{suffix}", whole))
                        self.assertEqual(engine.cat("idx.trades", DAY), data)

    def test_several_compressed_parts_in_one_file(self):
        lines = market.day20(6, 2000)
        for suffix in (".gz", ".zst"):
            engine = self.new_engine()
            parts = compressed(joined(lines[:900]), suffix) + compressed(joined(lines[900:]), suffix)
            self.assertEqual(engine.put("idx.trades", "--date", DAY, self.write(f"parts{suffix}", parts))["appended"], 2000)
            self.assertEqual(engine.cat("idx.trades", DAY), joined(lines))

    def test_a_small_file_that_unpacks_to_much(self):
        path = self.write("bomb.gz", gzip.compress(bytes(200_000_000), 1))
        result = self.engine.run("import", "--stream", "idx.trades", "--date", DAY, path)
        self.assertIn(result.status, (GOOD, FAILED), str(result)[:1000])

    def test_broker_summaries_that_are_none(self):
        path = self.write("bad.ndjson", b'{"data":{}}\n{"data":\n[]\nhello\n')
        counts = self.engine.put("idx.broksum", "--date", DAY, path)
        self.assertEqual((counts["appended"], counts["undecodable"]), (4, 4))
        self.assertEqual(self.engine.cat("idx.broksum", DAY), path.read_bytes())


class BadDisk(EngineCase):
    """Read-only and full file systems, and a second writer."""

    @needs_root
    def test_a_read_only_tape(self):
        place = self.mount("disk", "size=64m")
        engine = self.new_engine(tape=place / "tape")
        lines = market.day20(1, 2000)
        first = self.write("first.txt", joined(lines[:1000]))
        engine.put("idx.trades", "--date", DAY, first)
        self.remount(place, "ro")
        second = self.write("second.txt", joined(lines[1000:]))
        engine.refused("import", "--stream", "idx.trades", "--date", DAY, second, status=FAILED)
        # Reading goes on.
        self.assertEqual(engine.cat("idx.trades", DAY), joined(lines[:1000]))
        self.assertEqual(engine.replay()["trades"], 1000)
        self.remount(place, "rw")
        engine.put("idx.trades", "--date", DAY, second)
        self.assertEqual(engine.cat("idx.trades", DAY), joined(lines))

    @needs_root
    def test_a_read_only_store(self):
        place = self.mount("disk", "size=64m,ro")
        self.engine.put("idx.trades", "--date", DAY, self.write("day.txt", joined(market.day20(1, 100))))
        self.engine.store = place / "store"
        self.engine.refused("replay", status=FAILED)

    @needs_root
    def test_a_full_disk(self):
        lines = market.day20(2, 200_000)
        source = joined(lines)
        path = self.write("source.txt", source)
        words = ("import", "--stream", "idx.trades", "--date", DAY, "--acks", path)
        self.engine.ok(*words)
        self.engine.replay()
        for size in ("1m", "3m", "12m"):
            with self.subTest(size=size):
                place = self.mount(f"disk{size}", f"size={size}")
                engine = self.new_engine(tape=place / "tape")
                result = engine.run(*words)
                self.assertEqual(result.status, FAILED, str(result))
                engine.one_line(result)
                acks = [int(line[4:]) for line in result.out.decode().splitlines() if line.startswith("ACK ")]
                kept = engine.run("cat", "--stream", "idx.trades", "--date", DAY).out
                self.assertTrue(source.startswith(kept))
                self.assertGreaterEqual(kept.count(b"\n"), max(acks, default=0))
                if size == "12m":
                    self.assertTrue(acks, "there was room for some")

                # Still full: refused again, and again nothing is lost.
                result = engine.run(*words)
                self.assertEqual(result.status, FAILED, str(result))
                engine.one_line(result)
                again = engine.run("cat", "--stream", "idx.trades", "--date", DAY).out
                self.assertTrue(source.startswith(again))
                self.assertGreaterEqual(again.count(b"\n"), max(acks, default=0))

                # Room appears: the same call finishes the work.
                self.remount(place, "size=256m")
                engine.ok(*words)
                self.assertEqual(engine.cat("idx.trades", DAY), source)
                engine.replay()
                self.assertEqual(engine.digests(), self.engine.digests())

    @needs_root
    def test_a_full_disk_under_the_store(self):
        path = self.write("source.txt", joined(market.day20(3, 100_000)))
        self.engine.put("idx.trades", "--date", DAY, path)
        self.engine.replay()
        expected = self.engine.digests()
        place = self.mount("disk", "size=60k")
        self.engine.store = place / "store"
        self.engine.refused("replay", status=FAILED)
        self.remount(place, "size=256m")
        self.engine.replay()
        self.assertEqual(self.engine.digests(), expected)

    def test_two_writers_at_once(self):
        lines = market.day20(4, 40_000)
        first = self.engine.start("import", "--stream", "idx.trades", "--date", DAY, "--acks", "-", stdin=subprocess.PIPE)
        first.stdin.write(joined(lines[:30_000]))
        first.stdin.flush()
        self.assertTrue(first.stdout.readline().startswith(b"ACK "), "the first one writes")
        second = self.write("second.txt", joined(lines[:100]))
        line = self.engine.refused("import", "--stream", "idx.trades", "--date", DAY, second, status=FAILED)
        self.assertTrue(str(first.pid) in line or "lock" in line or "another" in line, line)
        # Another stream is another writer's, and readers are never kept out.
        self.engine.put("idx.extra", "--date", DAY, second)
        self.assertTrue(joined(lines).startswith(self.engine.cat("idx.trades", DAY)))
        first.stdin.write(joined(lines[30_000:]))
        first.stdin.close()
        self.assertEqual(first.wait(timeout=60), GOOD)
        end(first)
        self.assertEqual(self.engine.cat("idx.trades", DAY), joined(lines))
        # The lock is gone with its holder.
        self.engine.put("idx.trades", "--date", DAY, second)

    def test_readers_beside_a_writer(self):
        """`cat` and `replay` see whole, durable messages at any moment; in the end the answer is the same."""
        lines = market.day20(8, 60_000)
        source = joined(lines)
        writer = self.engine.start("import", "--stream", "idx.trades", "--date", DAY, "--acks", "-", stdin=subprocess.PIPE)
        for start in range(0, len(lines), 6000):
            writer.stdin.write(joined(lines[start : start + 6000]))
            writer.stdin.flush()
            if start == 0:
                self.assertTrue(writer.stdout.readline().startswith(b"ACK "))
            out = self.engine.cat("idx.trades", DAY)
            self.assertTrue(source.startswith(out) and out.endswith(b"\n"))
            report = self.engine.replay()
            self.assertEqual(report["messages"], report["trades"])
            self.assertGreaterEqual(report["messages"], out.count(b"\n"))
        writer.stdin.close()
        self.assertEqual(writer.wait(timeout=60), GOOD)
        end(writer)
        self.assertEqual(self.engine.replay()["messages"], len(lines))
        other = self.new_engine()
        other.put("idx.trades", "--date", DAY, self.write("day.txt", source))
        other.replay()
        self.assertEqual(self.engine.digests(), other.digests())

    def test_two_replays_at_once(self):
        self.engine.put("idx.trades", "--date", DAY, self.write("day.txt", joined(market.day20(9, 60_000))))
        for _ in range(10):
            both = [self.engine.start("replay") for _ in range(2)]
            for process in both:
                status, error = process.wait(timeout=60), process.stderr.read().decode()
                self.assertIn(status, (GOOD, FAILED), error)
                if status == FAILED:
                    self.assertEqual(len(error.splitlines()), 1, error)
                end(process)
        first = self.engine.digests()
        self.engine.replay()
        self.assertEqual(self.engine.digests(), first)

    def test_the_lock_of_a_killed_writer_needs_no_cleaning(self):
        path = self.write("day.txt", joined(market.day20(5, 100)))
        process = self.engine.start("import", "--stream", "idx.trades", "--date", DAY, "-", stdin=subprocess.PIPE)
        time.sleep(0.2)
        process.kill()
        process.wait()
        self.assertEqual(self.engine.put("idx.trades", "--date", DAY, path)["appended"], 100)

    def test_an_interrupt_is_answered_and_the_work_can_go_on(self):
        lines = market.day20(6, 40_000)
        path = self.write("day.txt", joined(lines))
        process = self.engine.start("import", "--stream", "idx.trades", "--date", DAY, "--acks", "-", stdin=subprocess.PIPE)
        process.stdin.write(joined(lines[:30_000]))
        process.stdin.flush()
        self.assertTrue(process.stdout.readline().startswith(b"ACK "))
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=30), 130, "although it waits for more input")
        end(process)
        self.engine.put("idx.trades", "--date", DAY, path)
        self.assertEqual(self.engine.cat("idx.trades", DAY), joined(lines))


class DamagedTape(EngineCase):
    """A torn tail is mended and kept aside; damage below the mark is reported, not repaired."""

    def setUp(self) -> None:
        super().setUp()
        self.lines = market.day20(7, 5000)
        self.path = self.write("day.txt", joined(self.lines))
        self.engine.put("idx.trades", "--date", DAY, self.path)
        (self.segment,) = (self.engine.tape / "idx.trades" / DAY).glob("*.log")

    def test_bytes_behind_the_end_are_kept_aside(self):
        with self.segment.open("ab") as file:
            file.write(b"half a frame, never acknowledged")
        more = self.write("more.txt", joined(market.day20(8, 10)))
        self.engine.put("idx.trades", "--date", DAY, more)
        self.assertEqual(self.engine.cat("idx.trades", DAY), self.path.read_bytes() + more.read_bytes())

    def test_a_flipped_byte_is_never_read_as_good(self):
        rnd = random.Random(9)
        good = self.segment.read_bytes()
        whole = self.path.read_bytes()
        for _ in range(40):
            data = bytearray(good)
            data[rnd.randrange(len(data))] ^= 1 << rnd.randrange(8)
            self.segment.write_bytes(data)
            result = self.engine.run("cat", "--stream", "idx.trades", "--date", DAY)
            if result.status == GOOD and not result.err:
                self.assertEqual(result.out, whole, "served without a word, so it has to be right")
            else:
                self.assertIn(result.status, (1, FAILED), str(result))
                self.assertTrue(result.err.startswith("jejak: "), str(result))
                self.assertTrue(set(result.out.splitlines()) <= set(self.lines), "only whole, checked messages come out")

    def test_a_cut_segment_is_reported(self):
        data = self.segment.read_bytes()
        self.segment.write_bytes(data[: len(data) // 2])
        result = self.engine.run("cat", "--stream", "idx.trades", "--date", DAY)
        self.assertIn(result.status, (1, FAILED), str(result))
        self.engine.one_line(result)
        before = self.segment.read_bytes()
        more = self.write("more.txt", joined(market.day20(8, 10)))
        result = self.engine.run("import", "--stream", "idx.trades", "--date", DAY, more)
        self.assertTrue(self.segment.read_bytes().startswith(before), "damage is not overwritten")
        if result.status != GOOD:
            self.engine.one_line(result)


if __name__ == "__main__":
    unittest.main()
