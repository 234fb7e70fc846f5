"""Coverage in detail: missing numbers, lag and late trades, against a plain computation in Python."""

import json
from datetime import datetime, timedelta, timezone

from support import SHARED, EngineCase, joined, needs_data

DAY = "2026-02-20"
WIB = timezone(timedelta(hours=7))


class Gaps(EngineCase):
    def detail(self, day: str) -> dict:
        return json.loads(self.engine.ok("show", "coverage", "--gaps", "--date", day, "--json").out)

    def expected_gaps(self, rows: list) -> list:
        minutes = {int(row[5]): row[1][:2] + ":" + row[1][2:4] for row in reversed(rows)}
        gaps, following = [], 1
        for number in sorted(minutes):
            if number > following:
                gaps.append({"from": following, "to": number - 1, "minute": minutes[number], "reason": "unknown"})
            following = number + 1
        return gaps

    @needs_data
    def test_a_real_day_of_which_most_is_missing(self):
        source = SHARED / "idx_lt_2026-02-20.txt"
        self.engine.put("idx.trades", "--date", DAY, source)
        rows = [line.split("|") for line in source.read_text().splitlines()]
        expected = self.expected_gaps(rows)
        for step in ("hot", "sealed"):
            detail = self.detail(DAY)
            self.assertEqual(detail["gaps"], expected, step)
            self.assertEqual(detail["lag_ms"], {"p50": None, "p99": None})
            newest, late = 0, 0
            for row in rows:
                second = int(row[1][:2]) * 3600 + int(row[1][2:4]) * 60 + int(row[1][4:])
                late += second + 60 < newest
                newest = max(newest, second)
            self.assertEqual(detail["late"], late)
            self.engine.ok("seal")
            self.engine.ok("prune", "--yes")
        lines = self.engine.ok("show", "coverage", "--gaps", "--date", DAY, "--limit", "5").out.decode().splitlines()
        self.assertEqual(len(lines), 2 + 1 + 5 + 1)
        self.assertIn(f"{len(expected):,} gaps", lines[0])

    def test_lag_of_what_was_received(self):
        day = datetime(2026, 2, 10, tzinfo=WIB)
        lines = []
        for number, lag in enumerate((5, 40, 1200, 30), 1):
            second = 9 * 3600 + number * 60
            received = int((day + timedelta(seconds=second)).timestamp() * 1000) + lag
            raw = f"B|{second // 3600:02d}{second // 60 % 60:02d}00|0|BBCA|RG|{number:06d}|100|1|--|-|--|-|100|00|5|0|0|100|0|1"
            lines.append(json.dumps({"v": 2, "fmt": "pipe", "src": "ipot_ws", "raw": raw, "ts": received,
                                     "ts_quality": "ingestion"}, separators=(",", ":")).encode())
        self.engine.put("idx.trades", self.write("lines.txt", joined(lines)))
        detail = self.detail("2026-02-10")
        if detail["lag_ms"]["p50"] is not None:  # an envelope's time is an import's, not a receipt of ours
            self.assertEqual(detail["lag_ms"], {"p50": 30, "p99": 1200})
        self.assertEqual(detail["gaps"], [])
