"""`import` then `cat` gives every payload back, and importing twice appends nothing."""

import json
import random
import unittest
from datetime import date
from pathlib import Path

import market
from support import SHARED, EngineCase, compressed, joined, needs_data, unzstd

SUFFIXES = ("", ".gz", ".zst")


class RoundTrip(EngineCase):
    """One source in every form in which it may come."""

    def assert_round_trip(self, stream: str, name: str, data: bytes, days: tuple, *words: str, count: int) -> None:
        """Imports plain, compressed and from standard input; each gives the data back and is known the next time."""
        for form in (*SUFFIXES, "-"):
            with self.subTest(source=name, form=form or "plain"):
                engine = self.new_engine()
                if form == "-":
                    counts = engine.put(stream, *words, "-", stdin=data)
                else:
                    path = self.write(f"{form or 'plain'}/{name}{form}", compressed(data, form))
                    counts = engine.put(stream, *words, path)
                self.assertEqual((counts["appended"], counts["already_there"]), (count, 0))
                self.assertEqual(engine.cat(stream, *days), data)

                # The same content in another form is the same source.
                again = self.write(f"again/{name}", data)
                counts = engine.put(stream, *words, again)
                self.assertEqual((counts["appended"], counts["already_there"]), (0, count))
                self.assertEqual(engine.cat(stream, *days), data)

    @needs_data
    def test_idx_lines(self):
        for day, count in (("2026-02-20", 1196), ("2026-01-08", 50)):
            data = (SHARED / f"idx_lt_{day}.txt").read_bytes()
            self.assert_round_trip("idx.trades", f"{day}.txt", data, (day,), "--date", day, count=count)

    @needs_data
    def test_crypto_trades(self):
        data = unzstd(SHARED / "crypto_spot_trades.ipot.zst")
        scales = ("--price-scale", "8", "--quantity-scale", "8")
        self.assert_round_trip("crypto.trades", "trades.txt", data, ("2024-08-09",), *scales, count=34419)

    @needs_data
    def test_broker_summaries_as_csv(self):
        data = unzstd(SHARED / "idx_broksum.csv.zst")
        rows = data.splitlines(keepends=True)
        # A payload is a run of rows of one date and symbol; the header is a payload of its own.
        runs = 1 + sum(
            index == 1 or row.split(b",")[:2] != rows[index - 1].split(b",")[:2] for index, row in enumerate(rows) if index
        )
        days = ("2017-01-01", "2026-12-31")
        self.assert_round_trip("idx.broksum", "broksum.csv", data, days, count=runs)

    @needs_data
    def test_broker_summaries_as_documents(self):
        paths = sorted(SHARED.glob("broksum_*.json"))
        self.assertEqual(len(paths), 7)
        counts = self.engine.put("idx.broksum", *paths)
        self.assertEqual((counts["appended"], counts["undecodable"]), (7, 0))
        # Days come in order, and within a day the order of the files.
        by_day = sorted(paths, key=lambda path: path.stem[-10:])
        self.assertEqual(self.engine.cat("idx.broksum", "2026-01-19", "2026-01-22"), joined(p.read_bytes() for p in by_day))
        counts = self.engine.put("idx.broksum", *paths)
        self.assertEqual((counts["appended"], counts["already_there"]), (0, 7))

    def test_documents_and_envelopes_stay_verbatim(self):
        nine = market.milliseconds(date(2026, 2, 10), 9 * 3600)
        lines = [market.envelope(line, nine + n) for n, line in enumerate(market.day20(1, 300))]
        lines[7] = lines[7].replace(b'"v":2', b'"v" : 2 , "other":["\\u00e9",{"a":null}]')
        data = joined(lines)
        self.assert_round_trip("idx.trades", "envelopes.jsonl", data, ("2026-02-10",), count=300)


class RoundTripDetails(EngineCase):
    def test_a_carriage_return_stays(self):
        data = b"".join(line + b"\r\n" for line in market.day20(1, 50))
        self.engine.put("idx.trades", "--date", "2026-02-10", self.write("crlf.txt", data))
        self.assertEqual(self.engine.cat("idx.trades", "2026-02-10"), data)

    def test_a_last_line_without_its_end_is_a_payload(self):
        data = joined(market.day20(1, 50))
        counts = self.engine.put("idx.trades", "--date", "2026-02-10", self.write("cut.txt", data[:-1]))
        self.assertEqual(counts["appended"], 50)
        self.assertEqual(self.engine.cat("idx.trades", "2026-02-10"), data)

    def test_payloads_go_to_their_own_day(self):
        days = [date(2026, 2, n) for n in (9, 10, 11)]
        by_day = {day: market.day6(day.day, 200, day) for day in days}
        lines = [line for lines in by_day.values() for line in lines]
        random.Random(1).shuffle(lines)
        self.engine.put("idx.trades", self.write("three-days.txt", joined(lines)))
        for day in days:
            expected = [line for line in lines if line.startswith(f"{day:%Y%m%d}".encode())]
            self.assertEqual(self.engine.cat("idx.trades", str(day)), joined(expected))
        first_two = self.engine.cat("idx.trades", "2026-02-09", "2026-02-10")
        self.assertEqual(len(first_two.splitlines()), 400)

    def test_a_part_by_number(self):
        lines = market.day20(1, 500)
        self.engine.put("idx.trades", "--date", "2026-02-10", self.write("day.txt", joined(lines)))
        out = self.engine.ok(
            "cat", "--stream", "idx.trades", "--date", "2026-02-10", "--from", "100", "--to", "199").out
        self.assertIn(out, (joined(lines[100:199]), joined(lines[100:200])))

    def test_a_source_that_has_grown_is_continued(self):
        lines = market.day6(1, 1000, date(2026, 2, 10))
        path = self.write("growing.txt", joined(lines[:400]))
        self.assertEqual(self.engine.put("idx.trades", path)["appended"], 400)
        path.write_bytes(joined(lines))
        counts = self.engine.put("idx.trades", path)
        self.assertEqual((counts["appended"], counts["already_there"]), (600, 400))
        self.assertEqual(self.engine.cat("idx.trades", "2026-02-10"), joined(lines))

    def test_another_source_with_equal_lines_is_another_source(self):
        """Six fields have no sequence number: equal lines of two sources are two trades each."""
        lines = market.day6(1, 100, date(2026, 2, 10))
        self.engine.put("idx.trades", self.write("one.txt", joined(lines)))
        counts = self.engine.put("idx.trades", self.write("two.txt", joined(reversed(lines))))
        self.assertEqual((counts["appended"], counts["already_there"]), (100, 0))
        self.assertEqual(self.engine.replay()["trades"], 200)

    def test_several_files_in_one_call(self):
        lines = market.day20(1, 300)
        paths = [self.write(f"part{n}.txt", joined(lines[n * 100 : n * 100 + 100])) for n in range(3)]
        counts = self.engine.put("idx.trades", "--date", "2026-02-10", *paths)
        self.assertEqual(counts["appended"], 300)
        self.assertEqual(self.engine.cat("idx.trades", "2026-02-10"), joined(lines))

    def test_the_counts_are_said_in_words_too(self):
        path = self.write("day.txt", joined([*market.day20(1, 20), b"no trade"]))
        out = self.engine.ok("import", "--stream", "idx.trades", "--date", "2026-02-10", path).out.decode()
        self.assertIn("appended 21, already there 0, undecodable 1", out)

    def test_acknowledgements_reach_the_count(self):
        lines = market.day20(1, 35_000)
        path = self.write("day.txt", joined(lines))
        out = self.engine.ok("import", "--stream", "idx.trades", "--date", "2026-02-10", "--acks", path).out.decode()
        acks = [int(line[4:]) for line in out.splitlines() if line.startswith("ACK ")]
        self.assertEqual(acks, sorted(acks))
        self.assertEqual(acks[-1], 35_000)
        self.assertLessEqual(max(b - a for a, b in zip([0, *acks], acks)), 10_000, "at most 10,000 messages apart")


class Simulated(EngineCase):
    def simulate(self, out: Path, seed: int) -> dict[str, bytes]:
        self.engine.ok(
            "simulate", "--days", "2", "--symbols", "12", "--trades", "4000", "--seed", str(seed),
            "--from", "2026-02-12", "--out", out)
        return {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}

    def test_the_same_seed_makes_the_same_bytes(self):
        first = self.simulate(self.folder / "a", 5)
        self.assertEqual(first, self.simulate(self.folder / "b", 5))
        self.assertNotEqual(first, self.simulate(self.folder / "c", 6))
        # 2026-02-12 is a Thursday; both days are trading days.
        for day in ("2026-02-12", "2026-02-13"):
            self.assertIn(f"idx.trades/{day}.txt", first)
            self.assertIn(f"idx.broksum/{day}.ndjson", first)

    def test_simulated_files_round_trip(self):
        files = self.simulate(self.folder / "raw", 7)
        for name, data in files.items():
            stream, file = name.split("/")
            if stream not in ("idx.trades", "idx.broksum"):
                continue
            day = file.split(".")[0]
            counts = self.engine.put(stream, "--date", day, self.folder / "raw" / name)
            self.assertEqual((counts["appended"], counts["undecodable"]), (len(data.splitlines()), 0), name)
            self.assertEqual(self.engine.cat(stream, day), data)

    def test_derived_fields_and_broker_summaries_are_consistent(self):
        """PROTOCOLS §1.5 for each line; Σbuy = Σsell for each document."""
        files = self.simulate(self.folder / "raw", 8)
        for name, data in files.items():
            if name.startswith("idx.trades/"):
                last = 0
                for line in data.decode().splitlines():
                    f = line.split("|")
                    self.assertEqual((len(f), f[0], f[2], f[19]), (20, "B", "0", "1"), line)
                    price, close = int(f[6]), int(f[12])
                    self.assertEqual(int(f[15]), price - close, line)
                    percent = abs(price - close) * 100 // close * (1 if price >= close else -1)
                    self.assertEqual(int(f[18]), percent, line)
                    self.assertGreater(int(f[5]), last, line)
                    last = int(f[5])
            elif name.startswith("idx.broksum/"):
                for line in data.splitlines():
                    summary = json.loads(line)["data"]["broker_summary"]
                    bought = sum(float(row["bval"]) for row in summary["brokers_buy"])
                    sold = sum(abs(float(row["sval"])) for row in summary["brokers_sell"])
                    self.assertAlmostEqual(bought, sold, delta=max(1.0, bought * 1e-9))


if __name__ == "__main__":
    unittest.main()
