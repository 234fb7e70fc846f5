"""A user's file of market data: instruments, limits, ticks and calendar with dates, and what a wrong one gets."""

import json

import market
from support import EngineCase, joined

DAY, NEXT = "2026-02-10", "2026-02-11"


class MarketFile(EngineCase):
    def setUp(self) -> None:
        super().setUp()
        line = "B|{0}|0|{1}|RG|{2:06d}|{3}|10|--|-|--|-|100|00|5|0|0|{3}|0|1"
        for day, price in ((DAY, 100), (NEXT, 110)):
            lines = [line.format("090001", code, number + 1, price).encode()
                     for number, code in enumerate(("BBCA", "XIIT", "ABCD-W", "ABCDBKCN6A"))]
            self.engine.put("idx.trades", "--date", day, self.write(f"{day}.txt", joined(lines)))
        self.engine.replay()

    def configured(self, data) -> list:
        text = data if isinstance(data, str) else json.dumps(data)
        path = self.write("market.json", text.encode())
        return ["--config", str(self.write("config.json", json.dumps({"market": str(path)}).encode()))]

    def instruments(self, *words) -> dict:
        out = self.engine.ok("show", "instruments", "--date", NEXT, "--json", *words).out
        return {row["symbol"]: row for row in map(json.loads, out.splitlines())}

    def test_codes_speak_for_themselves(self):
        rows = self.instruments()
        self.assertEqual({code: row["kind"] for code, row in rows.items()},
                         {"BBCA": "share", "XIIT": "etf", "ABCD-W": "warrant", "ABCDBKCN6A": "warrant"})
        # The close before was 100: 35 % up and 15 % down for a share, 50 % either way for a warrant.
        self.assertEqual([rows["BBCA"][key] for key in ("lowest", "highest", "previous_close", "guessed")], [85, 135, 100, True])
        self.assertEqual([rows["ABCD-W"][key] for key in ("lowest", "highest")], [50, 150])
        for line in self.engine.ok("show", "instruments", "--date", NEXT).out.decode().splitlines():
            self.assertLessEqual(len(line), 80)

    def test_a_close_that_the_lines_name_otherwise_suggests_a_corporate_action(self):
        # The lines of the day before end at 100, and name 100 too; these name 50.
        split = [f"B|090001|0|BBCA|RG|000001|55|10|--|-|--|-|50|00|5|5|0|55|10|1".encode(),
                 f"B|090002|0|XIIT|RG|000002|110|10|--|-|--|-|110|00|5|0|0|110|0|1".encode()]
        self.engine.put("idx.trades", "--date", "2026-02-12", self.write("split.txt", joined(split)))
        self.engine.replay()
        out = self.engine.ok("show", "instruments", "--date", "2026-02-12", "--json").out
        rows = {row["symbol"]: row for row in map(json.loads, out.splitlines())}
        self.assertEqual(rows["BBCA"]["suggested_factor"], [50, 110])
        self.assertNotIn("suggested_factor", rows["XIIT"])
        # 50 · 35 % up is 67; the minimum of 50 stands below.
        self.assertEqual([rows["BBCA"][key] for key in ("lowest", "highest")], [50, 67])
        text = self.engine.ok("show", "instruments", "--date", "2026-02-12").out.decode()
        self.assertIn("BBCA: the lines name 50 as the close before, the tape's last is 110", text)
        words = self.configured({"instruments": [{"symbol": "BBCA", "from": "2026-02-12", "factor": [50, 110]}]})
        out = self.engine.ok("show", "instruments", "--date", "2026-02-12", "--json", *words).out
        self.assertNotIn("suggested_factor", out.decode())

    def test_rows_of_a_file_hold_from_their_day(self):
        words = self.configured({
            "instruments": [
                {"symbol": "BBCA", "from": NEXT, "board": "watchlist", "notation": "X", "factor": [1, 2]},
                {"symbol": "GONE", "from": DAY, "kind": "share", "status": "suspended"}],
            "ladders": [{"from": DAY, "class": "warrant", "steps": [[1, 1], [100, 5]]}],
            "limits": [{"from": NEXT, "class": "warrant", "minimum": 1, "bands": [{"up_to": 100, "rupiah": 7}, {"rise": 10, "fall": 10}]}],
        })
        rows = self.instruments(*words)
        # The lines name 100 as the close before, whatever a file says; 10 % either way under special monitoring.
        self.assertEqual([rows["BBCA"][key] for key in ("lowest", "highest", "factor", "guessed")], [90, 110, [1, 2], False])
        self.assertEqual(rows["GONE"]["status"], "suspended")
        self.assertEqual([rows["ABCD-W"][key] for key in ("lowest", "highest")], [93, 105])

    def test_a_holiday_of_a_file_is_none_to_a_scan(self):
        self.engine.put("idx.trades", "--date", "2026-02-13", self.write("friday.txt", joined(market.day20(5, 50))))
        self.assertIn("2026-02-12", str(self.engine.run("scan", "--json").json()["findings"]))
        words = self.configured({"calendar": {"holidays": ["2026-02-12"]}})
        self.assertNotIn("2026-02-12", str(self.engine.run("scan", "--json", *words).json()["findings"]))

    def test_a_wrong_file_gets_one_line(self):
        for data, words in (
                ("{", "JSON"),
                ({"instruments": [{"symbol": "BBCA", "from": "2026-02-30"}]}, "2026-02-30"),
                ({"instruments": [{"symbol": "BBCA", "from": DAY, "kind": "bond"}]}, "bond"),
                ({"instruments": [{"symbol": "BBCA"}]}, "from"),
                ({"instruments": [{"symbol": "BBCA", "from": DAY, "factor": [0, 1]}]}, "factor"),
                ({"calendar": {"years": [2030]}}, "2030"),
                ({"ladders": [{"from": DAY, "class": "share", "steps": [[1, 2], [4, 5]]}]}, "[4, 5]"),
                ({"limits": [{"from": DAY, "class": "share", "minimum": 1, "bands": [{"up_to": 5, "rise": 1, "fall": 1}]}]}, "up_to"),
                ({"halts": [{"date": DAY, "from": "10:00", "to": "11:00:00"}]}, "10:00")):
            with self.subTest(words=words):
                line = self.engine.refused("show", "instruments", *self.configured(data), status=2)
                self.assertIn(words, line)
                self.assertIn("market.json", line)
