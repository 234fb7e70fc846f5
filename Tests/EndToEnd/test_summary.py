"""Summaries equal an independent computation from exported rows; status, lists and views as specified."""

import json
import os
import pty
import re
import subprocess
import unittest
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import market
import summary_oracle
from support import GOOD, USAGE, Engine, EngineCase, joined

# 2026-02-16 and 17 are holidays.
HOLIDAYS = {date(2026, 1, 1), date(2026, 1, 16), date(2026, 2, 16), date(2026, 2, 17)}
TRADING_DAYS = [
    day for day in (date(2026, 1, 1) + timedelta(n) for n in range(60)) if day.isoweekday() <= 5 and day not in HOLIDAYS
]
MOMENTS = (None, "08:59:00", "09:00:00", "09:07:00", "10:30:00", "11:31:00", "12:00:00", "12:45:00", "14:20:00",
           "15:50:00", "15:59:00", "16:10:00")


def minutes(at: str | None) -> int | None:
    return None if at is None else int(at[:2]) * 60 + int(at[3:5])


class SimulatedMarket(EngineCase):
    """Twenty-three simulated days of a dozen symbols on the tape."""

    def setUp(self) -> None:
        super().setUp()
        self.flow_days = []
        self.raw = self.folder / "raw"
        self.engine.ok("simulate", "--days", "23", "--symbols", "12", "--trades", "9000", "--seed", "23", "--from",
                       "2026-01-12", "--book-interval", "0", "--out", self.raw)
        self.files = sorted((self.raw / "idx.trades").iterdir())
        self.days = [date.fromisoformat(path.stem) for path in self.files]

    def load(self, engine: Engine, days: list[date], flow: list[date] = ()) -> None:
        """Trades of some days, broker summaries of others."""
        self.flow_days = list(flow)
        for path in self.files:
            if date.fromisoformat(path.stem) in days:
                engine.put("idx.trades", "--date", path.stem, path)
        for path in sorted((self.raw / "idx.broksum").iterdir()):
            if date.fromisoformat(path.stem) in flow:
                engine.put("idx.broksum", path)
        engine.replay()

    def oracle(self, engine: Engine) -> summary_oracle.Market:
        rows = [json.loads(line) for line in engine.ok("export", "footprint").out.splitlines()]
        return summary_oracle.Market(rows, self.flow(engine), TRADING_DAYS)

    def flow(self, engine: Engine) -> list[dict]:
        result = engine.run("export", "flow")
        return [json.loads(line) for line in result.out.splitlines()] if result.status == GOOD else []

    def summary(self, engine: Engine, day: date, *words: str) -> dict:
        return engine.ok("export", "summary", "--date", str(day), *words).json()

    def compare(self, engine: Engine, market_: summary_oracle.Market, day: date, at: str | None, rule: str) -> dict:
        words = ["--rule", rule] + (["--at", at] if at else [])
        got = self.summary(engine, day, *words)
        coverage = json.loads(engine.ok("show", "coverage", "--minutes", "--json", "--date", str(day)).out)
        share = next(summary_oracle.share(row["minutes"], minutes(at)) for row in coverage if row["stream"] == "idx.trades")
        expected = market_.items(day, minutes(at), rule, share)
        self.assertEqual(got["status"], "OK" if expected else "FALLBACK", str(got)[:400])
        if not expected:
            return got
        self.assertEqual((got["coverage"], got["count"]), (share, len(expected)))
        for item, wanted in zip(got["items"], expected, strict=True):
            item = dict(item)
            for side in ("below", "above"):
                self.check_change(item, side, item.pop(side), rule, market_, day)
            self.check_lots(item["t"], item.pop("cov_lots"), item.pop("d_range"), market_, day, at)
            self.assertEqual(item, wanted)
        return got

    def total_lots(self, day: date) -> dict[str, int]:
        """Lots by the broker summaries of a day, with four decimals."""
        totals = {}
        for line in (self.raw / "idx.broksum" / f"{day}.ndjson").read_text().splitlines():
            summary = json.loads(line)["data"]["broker_summary"]
            sides = [sum(abs(Decimal(row[key])) for row in summary.get(side) or [])
                     for side, key in (("brokers_buy", "blot"), ("brokers_sell", "slot"))]
            totals[summary["symbol"]] = int(max(sides) * 10_000)
        return totals

    def check_lots(self, symbol: str, share: float | None, bounds: list | None, market_: summary_oracle.Market,
                   day: date, at: str | None) -> None:
        """The symbol's own share of the broker summary's lots, and what deltaPct can be at most."""
        total = self.total_lots(day).get(symbol, 0)
        if at or not total or day not in self.flow_days:
            return self.assertEqual((share, bounds), (None, None))
        rows = market_.days[day][symbol]
        volume, delta = (sum(row[key] for row in rows) * 10_000 for key in ("vol", "delta"))
        missing = max(total - volume, 0)
        self.assertEqual(share, min(volume, total) / total)
        self.assertEqual(bounds, [100 * (delta + sign * missing) / max(total, volume) for sign in (-1, 1)])

    def check_change(self, item: dict, side: str, change: dict | None, rule: str, market_: summary_oracle.Market,
                     day: date) -> None:
        """There the signal is another one; half way to it still the item's or another rule of the same name."""
        found = market_.context(item["t"], day)

        def name(delta: float) -> str:
            context = found[0] if found else None
            return summary_oracle.signal(
                summary_oracle.score(rule, delta, item["p"], context), delta, item["p"], context)[1]

        end = 100 if side == "above" else -100
        if change is None:
            self.assertEqual({name(item["d"] + (end - item["d"]) * n / 64) for n in range(65)}, {item["sig"]})
            return
        self.assertEqual(name(change["d"]), change["sig"])
        self.assertNotEqual(change["sig"], item["sig"])
        between = {name(item["d"] + (change["d"] - item["d"]) * n / 64 * 0.9999999) for n in range(64)}
        self.assertEqual(between, {item["sig"]})


class Summary(SimulatedMarket):
    def test_bounds_hold_what_a_whole_tape_says(self):
        day = self.days[5]
        self.load(self.engine, [day], [day])
        whole = {item["t"]: item for item in self.summary(self.engine, day)["items"]}
        part = self.new_engine()
        lines = (self.raw / "idx.trades" / f"{day}.txt").read_bytes().splitlines()
        part.put("idx.trades", "--date", str(day), self.write("part.txt", joined(lines[::3] + lines[1::3])))
        part.put("idx.broksum", self.raw / "idx.broksum" / f"{day}.ndjson")
        part.replay()
        seen = self.summary(part, day)["items"]
        self.assertGreater(len(seen), 5)
        for item in seen:
            low, high = item["d_range"]
            self.assertLessEqual(low, whole[item["t"]]["d"])
            self.assertGreaterEqual(high, whole[item["t"]]["d"])
            self.assertLess(item["cov_lots"], 1)
        self.assertTrue(all(item["cov_lots"] == 1 for item in whole.values()), "the tape is whole")

    def test_equals_the_oracle_at_every_moment(self):
        self.load(self.engine, self.days, self.days)
        market_ = self.oracle(self.engine)
        signals, states = set(), set()
        for day in (self.days[0], self.days[4], self.days[-2], self.days[-1]):
            for at in MOMENTS:
                for rule in "ab":
                    with self.subTest(day=day, at=at, rule=rule):
                        got = self.compare(self.engine, market_, day, at, rule)
                        signals |= {item["sig"] for item in got["items"]}
                        states |= {item["ctx_st"] for item in got["items"]}
        self.assertGreaterEqual(len(signals), 5)
        self.assertGreaterEqual(len(states), 4)

    def test_without_flow(self):
        self.load(self.engine, self.days[:2])
        got = self.compare(self.engine, self.oracle(self.engine), self.days[1], None, "a")
        self.assertFalse(got["ctx_found"])

    def test_a_context_is_the_newest_row_of_seven_trading_days(self):
        self.load(self.engine, self.days, self.days[:4] + self.days[12:13])
        market_ = self.oracle(self.engine)
        for index, age in ((0, None), (3, 1), (4, 1), (10, 7), (11, None), (12, None), (13, 1), (19, 7), (20, None)):
            with self.subTest(day=self.days[index]):
                got = self.compare(self.engine, market_, self.days[index], None, "a")
                self.assertEqual({item["ctx_age"] for item in got["items"]}, {age})
                self.assertEqual(got["ctx_found"], age is not None)
                self.assertEqual(got["ctx_date"], age and str(self.days[index - age]))

    def test_a_missing_day_leaves_the_previous_close_unknown(self):
        days = self.days[:2] + self.days[3:5]
        self.load(self.engine, days)
        market_ = self.oracle(self.engine)
        for day, known in ((days[1], True), (days[2], False), (days[3], True)):
            got = self.compare(self.engine, market_, day, None, "a")
            self.assertEqual(any(item["chg"] is not None for item in got["items"]), known)

    def test_lost_messages_are_partial(self):
        path = self.files[0]
        lines = path.read_bytes().splitlines()
        self.engine.put("idx.trades", "--date", path.stem, self.write("some.txt", joined(
            [line for n, line in enumerate(lines) if n % 5])))
        self.engine.replay()
        got = self.compare(self.engine, self.oracle(self.engine), self.days[0], None, "a")
        self.assertTrue(all("partial" in item["q"] for item in got["items"]))
        self.assertEqual(got["condition"], "partial")
        rows = [json.loads(line) for line in self.engine.ok("export", "footprint").out.splitlines()]
        self.assertTrue(any(row["gap"] for row in rows), "no line may be drawn over the gaps")

    def test_status_and_reasons(self):
        self.load(self.engine, self.days[:2])
        first, second = self.days[:2]
        for day, status, reason, of in (
            (second, "OK", None, second),
            (date(2026, 1, 14), "FALLBACK", "Using 1 trading day(s) back", second),
            (date(2026, 1, 17), "FALLBACK", "Using 3 trading day(s) back", second),  # 16 January is a holiday
            (date(2026, 1, 23), "FALLBACK", "Using 7 trading day(s) back", second),
            (date(2026, 1, 26), "NO_DATA", "CAPTURE_DOWN", None),
            (date(2026, 1, 10), "NO_DATA", "WEEKEND_NO_DATA", None),
            (date(2026, 1, 1), "NO_DATA", "HOLIDAY_NO_DATA", None),
            (date(2100, 1, 4), "NO_DATA", "NO_DATA", None),
        ):
            with self.subTest(day=day):
                got = self.summary(self.engine, day)
                self.assertEqual((got["status"], got["reason"]), (status, reason))
                self.assertEqual(got["requested"], str(day))
                if of:
                    self.assertEqual(got["date"], str(of))
                    self.assertEqual(got["items"], self.summary(self.engine, of)["items"])
                else:
                    self.assertEqual((got["items"], got["as_of"], got["condition"]), ([], None, "missing"))
        early = self.summary(self.engine, first, "--at", "08:30:00")
        self.assertEqual((early["status"], early["reason"]), ("NO_DATA", "NOT_YET_OPEN"))
        early = self.summary(self.engine, second, "--at", "08:30:00")
        self.assertEqual((early["status"], early["date"]), ("FALLBACK", str(first)))

    def test_the_envelope(self):
        self.load(self.engine, self.days[:1])
        day = self.days[0]
        whole = self.summary(self.engine, day)
        self.assertRegex(whole["generated_at"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        count = len(self.files[0].read_bytes().splitlines())
        self.assertEqual(whole["as_of"]["message"], count - 1)
        self.assertEqual(whole["rules"], ["footprint@1", "broker_flow@1", "hybrid.a@1", "signal@1", "guard@1"])
        self.assertEqual((whole["ctx_found"], whole["ctx_date"]), (False, None))
        cut = self.summary(self.engine, day, "--at", "10:00:00", "--rule", "b")
        self.assertEqual(cut["as_of"], {"time": market.milliseconds(day, 36_000), "message": None})
        self.assertIn("hybrid.b@1", cut["rules"])
        again = self.summary(self.engine, day)
        self.assertEqual({**again, "generated_at": 0}, {**whole, "generated_at": 0})
        shown = json.loads(self.engine.ok("show", "summary", "--json", "--date", str(day)).out)
        self.assertEqual(shown["items"], whole["items"])
        newest = self.engine.ok("export", "summary").json()
        self.assertEqual(newest["date"], str(day))

    def test_what_cannot_be_asked(self):
        self.load(self.engine, self.days[:1])
        for words, hint in (
            (("--at", "10:30:15"), "one-minute"), (("--at", "10:30"), "HH:MM:SS"), (("--at", "24:00:00"), "HH:MM:SS"),
            (("--at", "1a:00:00"), "HH:MM:SS"), (("--rule", "c"), "a or b"), (("--date", "x"), "YYYY-MM-DD"),
        ):
            self.assertIn(hint, self.engine.refused("export", "summary", *words, status=USAGE))
        self.assertIn("continues", self.engine.refused("show", "summary", "--list", "x", status=USAGE))
        other = self.new_engine()
        line = b"20260210|090000|BTC|5|7|B"
        other.put("crypto.trades", self.write("crypto.txt", joined([line])))
        other.replay()
        self.assertIn("idx", other.refused("export", "summary", status=USAGE))

    def test_a_person_can_read_it(self):
        self.load(self.engine, self.days[:2])
        text = self.engine.ok("show", "summary").out.decode()
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        items = self.summary(self.engine, self.days[1])["items"]
        for item in items:
            row = next(line for line in text.splitlines() if f" {item['t']} " in f"{line} ")
            self.assertEqual(row.startswith("!"), bool(item["q"]), row)
        self.assertTrue(any(item["q"] for item in items))
        wide = self.engine.ok("show", "summary", "--wide", "--at", "15:00:00").out.decode()
        self.assertIn("until 15:00", wide)
        self.assertIn("BREAKOUT", wide)
        self.assertIn("more (--limit)", self.engine.ok("show", "summary", "--limit", "2").out.decode())
        down = self.engine.ok("show", "summary", "--date", "2026-03-02").out.decode()
        self.assertIn("CAPTURE_DOWN", down)

    def test_guarded_rows_are_grey_on_a_terminal(self):
        self.load(self.engine, self.days[:1])
        leader, follower = pty.openpty()
        words = self.engine.arguments(["show", "summary"])
        process = subprocess.Popen([str(self.binary), *words], stdout=follower, stderr=subprocess.DEVNULL)
        os.close(follower)
        text = b""
        while True:
            try:
                chunk = os.read(leader, 65536)
            except OSError:  # what a terminal without a process gives
                break
            if not chunk:
                break
            text += chunk
        os.close(leader)
        self.assertEqual(process.wait(), GOOD)
        grey = re.findall(r"\x1b\[2m +(\S+)", text.decode())
        guarded = [item["t"] for item in self.summary(self.engine, self.days[0])["items"] if item["q"]]
        self.assertEqual(sorted(grey), sorted(guarded))
        self.assertNotIn("!", text.decode())


class CandleAnalytics(SimulatedMarket):
    """The keys that `export footprint` adds."""

    FRAMES = ("1m", "5m", "15m", "1h", "session", "1d")

    def test_equal_the_oracle_at_every_length(self):
        self.load(self.engine, self.days[:3])
        for frame in self.FRAMES:
            lines = self.engine.ok("export", "footprint", "--tf", frame).out.splitlines()
            days: dict[tuple, list[dict]] = {}
            for row in map(json.loads, lines):
                days.setdefault((row["t"], summary_oracle.wib(row).date()), []).append(row)
            for rows in days.values():
                for row, wanted in zip(rows, summary_oracle.derived(rows), strict=True):
                    self.assertEqual({key: row.get(key) for key in wanted}, wanted, f"{frame} {row}")
                    self.assertEqual("divergence" in row, "divergence" in wanted)
                    self.assertFalse(row["gap"])
            self.assertGreater(sum(len(row["imb"]["buy"]) for rows in days.values() for row in rows), 0)

    def test_naked_points_of_control(self):
        self.load(self.engine, self.days[:6])
        rows = [json.loads(line) for line in self.engine.ok("export", "footprint").out.splitlines()]
        found = set()
        for row in map(json.loads, self.engine.ok("export", "footprint", "--tf", "1d").out.splitlines()):
            later = [r for r in rows if r["t"] == row["t"] and summary_oracle.wib(r).date() > summary_oracle.wib(row).date()]
            naked = not any(r["ohlc"]["l"] <= row["poc"] <= r["ohlc"]["h"] for r in later)
            self.assertEqual(row["naked"], naked, row)
            found.add(naked)
        self.assertEqual(found, {True, False})
        one = json.loads(self.engine.ok("export", "footprint", "--tf", "1d", "--date", str(self.days[0])).out.splitlines()[0])
        all_ = [json.loads(line) for line in self.engine.ok("export", "footprint", "--tf", "1d").out.splitlines()]
        self.assertIn(one, all_)

    def test_both_forms_can_be_read(self):
        self.load(self.engine, self.days[:3])
        name = json.loads(self.engine.ok("export", "footprint", "--tf", "1d").out.splitlines()[0])["t"]
        for frame in self.FRAMES:
            narrow = self.engine.ok("show", "footprint", name, "--tf", frame).out.decode()
            self.assertLessEqual(max(map(len, narrow.splitlines())), 80)
            self.assertIn("poc ", narrow)
            wide = self.engine.ok("show", "footprint", name, "--tf", frame, "--wide").out.decode()
            self.assertIn("POC", wide)


if __name__ == "__main__":
    unittest.main()
