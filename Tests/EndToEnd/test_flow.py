"""Exported broker flow equals the oracle's, every key of every day."""

import json
import math
import os
import unittest
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

import flow_oracle
from support import SHARED, USAGE, EngineCase, needs_data, unzstd

TOP = ["date", "ticker", "state", "stable", "score", "z_effort", "z_result", "z_ngr", "z_elas", "metrics"]
METRICS = ["effort", "close", "result", "ngr", "ngr_literal", "ngr_foreign_abs", "elasticity"]


def document(ticker: str, day: str, buy: dict, sell: dict, more: dict | None = None) -> dict:
    """A document: code to (lots, value)."""
    def rows(side: dict, letter: str) -> list[dict]:
        return [{"netbs_broker_code": code, "type": "", f"{letter}lot": str(lots), f"{letter}val": str(value)}
                for code, (lots, value) in side.items()]
    return {"data": {"from": day, "to": day, **(more or {}), "broker_summary": {
        "symbol": ticker, "brokers_buy": rows(buy, "b"), "brokers_sell": rows(sell, "s")}}}


class FlowCase(EngineCase):
    def exported(self, *words: str) -> list[dict]:
        return [json.loads(line) for line in self.engine.ok("export", "flow", *words).out.splitlines()]

    def assert_equal(self, found: list[dict], expected: list[dict]) -> None:
        self.assertEqual([(r["ticker"], r["date"]) for r in found], [(r["ticker"], r["date"]) for r in expected])
        for row, wanted in zip(found, expected):
            place = f"{wanted['ticker']} {wanted['date']}"
            self.assertEqual(list(row)[:len(TOP)], TOP)
            self.assertEqual(list(row["metrics"])[:len(METRICS)], METRICS)
            self.assertIs(row["metrics"]["last"], None, place)
            self.assertEqual(set(row["metrics"]), {*wanted["metrics"], "last"})
            self.assertEqual(set(row), {*wanted, "provisional", "flags", "market", "rule"})
            self.assertEqual((row["provisional"], row["market"], row["rule"]), (False, "idx", "broker_flow@1"))
            for key, value in [*wanted.items(), *wanted["metrics"].items()]:
                if key != "metrics":
                    self.same(row[key] if key in wanted else row["metrics"][key], value, f"{place} {key}")

    def same(self, found, expected, place: str) -> None:
        """Numbers to nine significant digits, everything else exactly."""
        if isinstance(expected, (Fraction, Decimal)):
            self.assertTrue(math.isclose(found, float(expected), rel_tol=1e-9, abs_tol=1e-15), f"{place}: {found}")
        else:
            self.assertEqual(found, expected, place)

    def put(self, documents: list[dict], *words: str) -> None:
        path = self.write("documents.ndjson", "".join(json.dumps(d) + "\n" for d in documents).encode())
        self.engine.put("idx.broksum", *words, path)


@needs_data
class FlowRealData(FlowCase):
    def test_every_key_of_every_day(self):
        """BUMI 2017 to 2019 from the table; BBCA and TLKM from documents that come after their rows in it."""
        source = SHARED / "idx_broksum.csv.zst"
        files = sorted(SHARED.glob("broksum_*.json"))
        self.engine.put("idx.broksum", source)
        for path in files:
            self.engine.put("idx.broksum", path)
        report = self.engine.replay("--threads", "1")
        lines = unzstd(source).decode().splitlines()[1:]
        runs = ["\n".join(run) for _, run in groupby(lines, key=lambda line: line.split(",")[:2])]
        last = {}
        for found in [*map(flow_oracle.table, runs), *(flow_oracle.document(p.read_text()) for p in files)]:
            last[found.ticker, found.date] = found
        table = flow_oracle.categories(SHARED / "brokers.csv")
        expected = []
        for _, days in groupby(sorted(last.items()), key=lambda item: item[0][0]):
            expected += flow_oracle.flow([day for _, day in days], table)
        self.assertEqual(len(expected), 729)
        rows = self.exported()
        self.assert_equal(rows, expected)
        self.assertTrue(all({"board_unnamed", "investor_unnamed"} == set(row["flags"]) for row in rows))
        self.assertEqual({row["state"] for row in rows}, {"NEUTRAL", "ACCUMULATION", "DISTRIBUTION", "TRANSITION"})
        self.assertEqual(rows[:4], self.exported("--symbol", "BBCA"))
        self.assertEqual([r for r in rows if r["date"] == "2018-07-11"], self.exported("--date", "2018-07-11"))

        # One thread or two, hot or sealed.
        digests = report["digests"]
        self.assertEqual(len(digests["broker_flow@1"]), len({row["date"] for row in rows}))
        self.engine.ok("seal")
        self.assertEqual(self.engine.replay("--threads", "2")["digests"], digests)
        self.assertEqual(self.exported(), rows)


class FlowSimulated(FlowCase):
    def test_simulated_market_reaches_every_state(self):
        raw = self.folder / "raw"
        self.engine.ok("simulate", "--days", "30", "--symbols", "12", "--trades", "3000", "--seed", "5",
                       "--from", "2026-02-02", "--out", raw)
        documents = []
        for path in sorted((raw / "idx.broksum").iterdir()):
            self.engine.put("idx.broksum", path)
            documents += [flow_oracle.document(line) for line in path.read_text().splitlines()]
        report = self.engine.replay()
        if SHARED.is_dir():
            table = flow_oracle.categories(SHARED / "brokers.csv")
            expected = []
            for _, days in groupby(sorted(documents, key=lambda d: (d.ticker, d.date)), key=lambda d: d.ticker):
                expected += flow_oracle.flow(list(days), table)
            self.assert_equal(self.exported(), expected)
        rows = self.exported()
        self.assertEqual({row["state"] for row in rows}, {"NEUTRAL", "ACCUMULATION", "DISTRIBUTION", "TRANSITION"})
        self.assertEqual({row["stable"] for row in rows}, {False, True})
        self.assertEqual([row for row in rows if row["metrics"]["ngr_literal"] != 0], [])
        day = max(report["digests"]["broker_flow@1"])
        self.engine.ok("seal", "--date", day)
        self.assertEqual(self.engine.replay("--threads", "2")["digests"], report["digests"])
        text = self.engine.ok("show", "flow", "--date", day).out.decode().splitlines()
        self.assertLessEqual(max(map(len, text)), int(os.environ.get("COLUMNS") or 80))
        self.assertIn("20 % DISTRIBUTION", text[-1])


class Flow(FlowCase):
    def test_a_day_by_hand(self):
        """Exponents, negative figures, a missing side; the last document wins, and another broker table."""
        wrong = document("BBCA", "2026-02-10", {"YP": (1, 1)}, {"YP": (1, 1)})
        right = document("BBCA", "2026-02-10", {"AK": ("3000", "2.4e9"), "YP": (1000, 800_000_000)},
                         {"MG": (-1500, "-1.2e+09"), "YP": (-2500, "-2.0e+09")},
                         {"market_board": "MARKET_BOARD_REGULER", "investor_type": "INVESTOR_TYPE_ALL"})
        foreign = document("BBCA", "2026-02-10", {"YP": (10, 8_000_000)}, {"AK": (20, 16_000_000)},
                           {"investor_type": "F"})
        whole_week = document("BBCA", "2026-02-10", {"YP": (7, 7)}, {"YP": (7, 7)}, {"to": "2026-02-13"})
        self.put([wrong, right, foreign, whole_week])
        self.engine.replay()
        [row] = self.exported()
        metrics = row["metrics"]
        # 2,400 + 800 million bought, as much sold: 3,200 M / (4,000 lots · 100) = 8,000 a share.
        self.assertEqual((metrics["effort"], metrics["close"]), (6_400_000_000, 8000))
        # Foreign + institution: 2,400 - 1,200 million, of 6,400.
        self.assertEqual((metrics["net_smart"], metrics["ngr"]), (1_200_000_000, 0.1875))
        self.assertEqual((metrics["ngr_literal"], metrics["ngr_foreign_abs"]), (0, 0.375))
        self.assertEqual(metrics["foreign_investor_net"], -8_000_000)
        self.assertEqual((row["score"], row["state"], row["age"], row["flags"]), (1, "NEUTRAL", 1, []))

        # AK becomes retail on the day itself, which is another store.
        for name, content in {"brokers.csv": b"code,category,from\nAK,retail,2026-02-10\n",
                              "brokers.json": b'[{"code": "AK", "category": "Retail"}]'}.items():
            brokers = self.write(name, content)
            config = self.write("config.json", json.dumps({"brokers": str(brokers)}).encode())
            result = self.engine.ok("export", "flow", "--config", str(config))
            self.assertIn("run `jejak replay`", result.err)
            self.engine.ok("replay", "--config", str(config))
            result = self.engine.ok("export", "flow", "--config", str(config))
            self.assertEqual(result.err, "")
            self.assertEqual(json.loads(result.out)["metrics"]["net_smart"], -1_200_000_000)
            self.engine.ok("scan", "--level", "audit", "--config", str(config))
            self.engine.ok("replay")

    def test_flagged_and_provisional(self):
        uneven = document("BBCA", "2026-02-10", {"AK": (10, 1000)}, {"YP": (10, 2000)}, {"board": "RG"})
        uneven["data"]["broker_summary"]["brokers_buy"].append({"netbs_broker_code": "MG", "blot": "x", "bval": "1"})
        self.put([uneven])
        self.engine.replay()
        [row] = self.exported()
        self.assertEqual(row["flags"], ["unreadable", "values", "investor_unnamed"])
        self.assertAlmostEqual(row["metrics"]["ngr_literal"], -1 / 3)
        text = self.engine.ok("show", "flow", "BBCA").out.decode()
        self.assertIn("!   the document fails a check: unreadable, values", text)

    def test_last_price_stands_beside(self):
        self.put([document("BBCA", "2026-02-10", {"AK": (10, 8_000_000)}, {"YP": (10, 8_000_000)})])
        lines = [f"20260210|{time}|BBCA|{price}|5|B" for time, price in (("090001", 8000), ("155001", 8125))]
        self.engine.put("idx.trades", self.write("trades.txt", "\n".join(lines).encode() + b"\n"))
        self.engine.replay()
        [row] = self.exported()
        self.assertEqual((row["metrics"]["close"], row["metrics"]["last"]), (8000, 8125))

    def test_corporate_action(self):
        """One share becomes five: from 8,000 to 1,760 is a rise by a tenth."""
        self.put([document("BBCA", day, {"AK": (lots, value)}, {"YP": (lots, value)})
                  for day, lots, value in (("2026-02-10", 10, 8_000_000), ("2026-02-11", 50, 8_800_000))])
        self.engine.replay()
        self.assertEqual([row["metrics"]["result"] for row in self.exported()], [0, 0.78])
        market = {"instruments": [{"symbol": "BBCA", "from": "2026-02-11", "factor": [1, 5]}]}
        market = self.write("market.json", json.dumps(market).encode())
        config = self.write("config.json", json.dumps({"market": str(market)}).encode())
        self.assertIn("run `jejak replay`", self.engine.ok("export", "flow", "--config", str(config)).err)
        self.engine.ok("replay", "--config", str(config))
        self.assertEqual([row["metrics"]["result"] for row in self.exported("--config", str(config))], [0, 0.1])

    def test_empty_answers_say_why(self):
        self.engine.put("idx.trades", self.write("trades.txt", b"20260210|090001|BBCA|8000|5|B\n"))
        self.engine.replay()
        self.assertIn("jejak import --stream idx.broksum", self.engine.refused("show", "flow", status=USAGE))
        self.put([document("BBCA", "2026-02-10", {"AK": (1, 8000)}, {"YP": (1, 8000)})])
        self.engine.replay()
        for words, hint in (
            (["show", "flow", "--date", "2026-02-11"], "jejak show flow --date 2026-02-10"),
            (["show", "flow", "TLKM"], "jejak show flow --date 2026-02-10"),
            (["show", "flow", "BBCA", "--to", "2026-02-01"], "jejak show flow BBCA"),
            (["export", "flow", "--from", "2026-03-01"], "jejak show flow --date 2026-02-10"),
        ):
            self.assertIn(hint, self.engine.refused(*words, status=USAGE))

    def test_wrong_broker_files(self):
        self.put([document("BBCA", "2026-02-10", {"AK": (1, 8000)}, {"YP": (1, 8000)})])
        for content, word in (
            (b"AK\n", "line 1"), (b"code,category,from\nAK,bank,\n", "line 2"), (b"AK,retail,2026-02-30", "2026-02-30"),
            (b'[{"code": "AK"}]', "JSON list"), (b'[{"code": "A K", "category": "retail"}]', "entry 1"),
        ):
            brokers = self.write("brokers", content)
            config = self.write("config.json", json.dumps({"brokers": str(brokers)}).encode())
            self.assertIn(word, self.engine.refused("replay", "--config", str(config), status=USAGE))
        missing = self.write("config.json", b'{"brokers": "/nowhere/brokers.csv"}')
        self.assertIn("cannot be read", self.engine.refused("replay", "--config", str(missing), status=USAGE))


if __name__ == "__main__":
    unittest.main()
