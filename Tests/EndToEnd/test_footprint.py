"""Exported footprints equal the oracle's, candle by candle and level by level."""

import json
import random
import unittest
from datetime import date
from pathlib import Path

import market
import oracle
from support import SHARED, EngineCase, joined, needs_data, unzstd

DAY = date(2026, 2, 10)
COUNTS = ("messages", "trades", "undecodable", "duplicates", "conflicts", "stale")


class Footprint(EngineCase):
    def compare(self, payloads: list[bytes], *words: str, stream: str = "idx.trades", day: date = DAY,
                scales: tuple[int, int] = (0, 0)) -> oracle.Answer:
        """Imports, replays, exports and compares everything that the oracle has a word on."""
        lot = oracle.SHARES_PER_LOT if stream.startswith("idx.") else 1
        expected = oracle.footprint(payloads, day, scales, lot)
        path = self.write("source.txt", joined(payloads))
        counts = self.engine.put(stream, *words, path)
        self.assertEqual((counts["appended"], counts["undecodable"]), (len(payloads), expected.undecodable))
        report = self.engine.replay()
        for key in COUNTS:
            self.assertEqual(report[key], getattr(expected, key), key)
        self.assert_candles(self.engine.candles(scales=scales), expected.candles)
        return expected

    @needs_data
    def test_real_idx_lines(self):
        for day in ("2026-02-20", "2026-01-08"):
            with self.subTest(day=day):
                self.engine = self.new_engine()
                lines = (SHARED / f"idx_lt_{day}.txt").read_bytes().splitlines()
                self.compare(lines, "--date", day, day=date.fromisoformat(day))

    @needs_data
    def test_real_crypto_trades(self):
        lines = unzstd(SHARED / "crypto_spot_trades.ipot.zst").splitlines()
        self.compare(lines, "--price-scale", "8", "--quantity-scale", "8", stream="crypto.trades", scales=(8, 8))

    def test_simulated_day(self):
        out = self.folder / "raw"
        self.engine.ok("simulate", "--days", "1", "--symbols", "20", "--trades", "20000", "--seed", "3",
                       "--from", "2026-02-10", "--out", out)
        lines = (out / "idx.trades" / "2026-02-10.txt").read_bytes().splitlines()
        answer = self.compare(lines, "--date", "2026-02-10")
        self.assertGreater(answer.trades, 10_000)
        self.assertEqual((answer.undecodable, answer.duplicates, answer.conflicts), (0, 0, 0))

    def test_late_and_repeated_lines(self):
        """Twenty fields: any order of arrival, with one line in ten twice."""
        lines = market.day20(11, 4000)
        rnd = random.Random(12)
        lines += rnd.sample(lines, 400)
        rnd.shuffle(lines)
        answer = self.compare(lines, "--date", str(DAY))
        self.assertEqual((answer.trades, answer.duplicates), (4000, 400))

    def test_six_fields_keep_equal_twins_and_tape_order(self):
        lines = [line for line in market.day6(13, 2000, DAY) for _ in range(2)]
        answer = self.compare(lines)
        self.assertEqual((answer.trades, answer.duplicates), (4000, 0))

    def test_every_layout_in_one_day(self):
        """The layout is found per message; a candle with one trade without a sequence is in tape order."""
        rows = market.trades(14, 3000)
        rnd = random.Random(15)
        rnd.shuffle(rows)
        lines = []
        for row in rows:
            received = market.milliseconds(DAY, row["second"]) + rnd.randrange(-59_000, 500_000)
            six, twenty = market.line6(row, DAY), market.line20(row)
            lines.append(rnd.choice((six, twenty, twenty, market.envelope(six, received), market.envelope(twenty, received))))
        self.compare(lines, "--date", str(DAY))

    def test_stale_trades_are_counted_and_not_folded(self):
        rows = market.trades(16, 600)
        lines = []
        for number, row in enumerate(rows):
            ahead = (-60_001, -60_000, 0)[number % 3]  # of the receipt: stale, just not, on time
            lines.append(market.envelope(market.line20(row), market.milliseconds(DAY, row["second"]) + ahead))
        self.assertEqual(self.compare(lines, "--date", str(DAY)).stale, 200)

    def test_an_envelope_without_a_date_belongs_to_the_day_of_its_receipt(self):
        lines = [market.envelope(market.line20(row), market.milliseconds(DAY, row["second"]) + 5)
                 for row in market.trades(17, 400)]
        self.compare(lines, day=DAY)

    def test_a_conflicting_content_keeps_the_first(self):
        lines = market.day20(18, 300)
        other = [line.replace(b"|--|", b"0|--|", 1) for line in lines[:50]]  # ten times the lots, same number
        expected = oracle.footprint(lines + other, DAY)
        self.assertEqual(expected.conflicts, 50)
        self.engine.put("idx.trades", "--date", str(DAY), self.write("conflicts.txt", joined(lines + other)))
        report = self.engine.replay()
        self.assertEqual(report["trades"], 300)
        self.assert_candles(self.engine.candles(), expected.candles)

    def test_sides_of_every_kind(self):
        lines = []
        for number, (hit, lifted) in enumerate([("00", "5"), ("5", "00"), ("00", "00"), ("5", "6")] * 3):
            lines.append(
                f"B|09000{number % 10}|0|BBCA|RG|{number + 1}|9575|{number + 1}|--|-|--|-|9500|{hit}|{lifted}|75|0|9575|0|1".encode())
        for side in ("B", "S", "", "b", "BUY", "-", "X"):
            lines.append(f"20260210|100000|BBCA|9575|3|{side}".encode())
        self.compare(lines, "--date", str(DAY))

    def test_lines_that_end_in_cr_lf(self):
        lines = [line + b"\r" for line in market.day20(21, 300) + market.day6(22, 300, DAY)]
        answer = self.compare(lines, "--date", str(DAY))
        self.assertEqual((answer.trades, answer.undecodable), (600, 0))
        self.assertTrue(any(level["bv"] for c in answer.candles for level in c["levels"]))

    def test_large_numbers_stay_exact(self):
        lines = [f"20260210|0900{n:02}|BTCUSDT_SPOT|{99_999_999 - n}.{n:08}|{n + 1}.{n:08}|{'BS'[n % 2]}".encode() for n in range(50)]
        self.compare(lines, "--price-scale", "8", "--quantity-scale", "8", stream="crypto.trades", scales=(8, 8))

    def test_digits_beyond_the_scale_are_undecodable(self):
        lines = market.day6(19, 100, DAY) + [b"20260210|100000|BBCA|9575.5|3|B", b"20260210|100000|BBCA|9575|3.5|B"]
        self.assertEqual(self.compare(lines).undecodable, 2)


class Export(EngineCase):
    """The same candles through the options of `export` and `show`."""

    def setUp(self) -> None:
        super().setUp()
        self.lines = {}
        for number, day in enumerate(("2026-02-09", "2026-02-10")):
            self.lines[day] = market.day20(20 + number, 2000)
            self.engine.put("idx.trades", "--date", day, self.write(f"{day}.txt", joined(self.lines[day])))
        self.engine.replay()

    def expected(self, day: str) -> list[dict]:
        return oracle.footprint(self.lines[day], date.fromisoformat(day)).candles

    def test_by_day_and_symbol(self):
        day = "2026-02-09"
        self.assert_candles(self.engine.candles("--date", day), self.expected(day))
        only = [candle for candle in self.expected(day) if candle["t"] == "BBRI"]
        self.assertTrue(only)
        self.assert_candles(self.engine.candles("--date", day, "--symbol", "BBRI", "--tf", "1m"), only)

    def test_without_options_symbols_come_first_then_time(self):
        both = [candle for day in self.lines for candle in self.expected(day)]
        self.assert_candles(self.engine.candles(), sorted(both, key=lambda c: (c["t"].encode(), c["t0"])))

    def test_longer_candles_are_the_sum_of_minutes(self):
        day = "2026-02-10"
        for name, minutes in (("5m", 5), ("15m", 15), ("1h", 60)):
            with self.subTest(tf=name):
                longer: dict[tuple, list] = {}
                for candle in self.expected(day):
                    start = candle["t0"] - candle["t0"] % (minutes * 60_000)
                    longer.setdefault((candle["t"], start), []).append(candle)
                got = self.engine.candles("--date", day, "--tf", name)
                self.assertEqual([(c["t"], c["t0"]) for c in got], list(longer))
                for candle, parts in zip(got, longer.values()):
                    self.assertEqual(candle["ohlc"]["o"], parts[0]["ohlc"]["o"])
                    self.assertEqual(candle["ohlc"]["c"], parts[-1]["ohlc"]["c"])
                    self.assertEqual(candle["ohlc"]["h"], max(p["ohlc"]["h"] for p in parts))
                    self.assertEqual(candle["ohlc"]["l"], min(p["ohlc"]["l"] for p in parts))
                    for key in ("vol", "delta", "trades", "value"):
                        self.assertEqual(candle[key], sum(p[key] for p in parts), key)

    def test_the_reference_key_layout(self):
        out = self.folder / "out"
        self.engine.ok("export", "footprint", "--date", "2026-02-10", "--out", out)
        got = []
        for path in sorted(out.rglob("*.jsonl")):
            # footprint/{T}/1m/{YYYY}/{MM}/{DD}/{HH}.jsonl, hours in UTC
            root, name, frame, year, month, day, hour = path.relative_to(out).with_suffix("").parts
            self.assertEqual((root, frame), ("footprint", "1m"))
            for line in path.read_text().splitlines():
                row = json.loads(line)
                stamp = date(int(year), int(month), int(day))
                self.assertEqual(row["t0"] // 3_600_000, market.milliseconds(stamp, (int(hour) + 7) * 3600) // 3_600_000)
                got.append(oracle.read_exported(json.dumps({"t": name, **row})))
        expected = self.expected("2026-02-10")
        self.assert_candles(sorted(got, key=lambda c: (c["t"].encode(), c["t0"])), expected)

    def test_a_person_can_read_it(self):
        day = "2026-02-10"
        candle = max((c for c in self.expected(day) if c["t"] == "BBCA"), key=lambda c: c["vol"])
        text = self.engine.ok("show", "footprint", "--symbol", "BBCA", "--date", day, "--tf", "1m").out.decode()
        self.assertIn("09:0", text, "times are shown in WIB")
        self.assertIn(str(candle["ohlc"]["h"]), text)
        table = self.engine.ok("show", "market", "--date", day).out.decode()
        for name in {c["t"] for c in self.expected(day)}:
            self.assertIn(name, table)
        coverage = self.engine.ok("show", "coverage", "--date", day).out.decode()
        self.assertIn("idx.trades", coverage)

    def test_undecodable_messages_are_listed(self):
        path = self.write("bad.txt", joined([b"what is this"]))
        self.engine.put("idx.trades", "--date", "2026-02-10", path)
        self.engine.replay()
        text = self.engine.ok("show", "undecodable", "--date", "2026-02-10").out.decode()
        self.assertIn("2000", text, "the message's number: 2,000 messages stand before it")
        self.assertIn("idx.trades", text)


if __name__ == "__main__":
    unittest.main()
