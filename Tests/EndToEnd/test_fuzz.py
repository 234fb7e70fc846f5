"""Random damage to lines: nothing crashes, nothing disappears, and the sums are the oracle's.

JEJAK_SEED starts another run, JEJAK_FUZZ_ROUNDS a longer one; a failure prints its seed.
"""

import os
import random
import unittest
from datetime import date

import market
import oracle
from support import EngineCase, joined

DAY = date(2026, 2, 10)
COUNTS = ("messages", "trades", "undecodable", "duplicates", "conflicts", "stale")
SEED = int(os.environ.get("JEJAK_SEED", "1"))
ROUNDS = int(os.environ.get("JEJAK_FUZZ_ROUNDS", "12"))


def any_bytes(rnd: random.Random, line: bytes) -> bytes:
    """Bytes flipped, cut, doubled or put in; no line feed."""
    data = bytearray(line)
    for _ in range(rnd.choice((1, 1, 2, 5))):
        place = rnd.randrange(len(data) + 1)
        kind = rnd.randrange(5)
        if kind == 0 and place < len(data):
            data[place] = rnd.randrange(256)
        elif kind == 1:
            data[place:place] = rnd.choice((b"|", b"\x00", b"\"", b"{", b"-", b".", b"9" * 30, b"\xc3\xa9", b" "))
        elif kind == 2:
            del data[place : place + rnd.randrange(1, 10)]
        elif kind == 3:
            data = data[:place]
        else:
            data += data[:place]
    return bytes(data).replace(b"\n", b"|")


def a_field(rnd: random.Random, line: bytes) -> bytes:
    """One field that a trade needs, replaced by something that is clearly none."""
    fields = line.split(b"|")
    if fields[0] == b"B":
        clock, symbol, price, lots = 1, 3, 6, 7
        numbers = (5, price, lots)
    else:
        clock, symbol, price, lots = 1, 2, 3, 4
        numbers = (price, lots)
    kind = rnd.randrange(4)
    if kind == 0:
        fields[clock] = rnd.choice((b"246060", b"99", b"09000", b"0900000", b"", b"09:000", b"x90000"))
    elif kind == 1:
        fields[symbol] = rnd.choice((b"", b"A B", b"ABCDEFGHIJKLMNOPQ", b"\x01BCA", b"BB\xffA"))
    elif kind == 2:
        fields[rnd.choice(numbers)] = rnd.choice((b"", b"x", b"1e3", b"0x10", b"1,5", b"9" * 40, b"--", b"-5", b" 7"))
    else:
        return rnd.choice((b"|".join(fields[:5]), line + b"|x" if fields[0] == b"B" else b"2026021" + line[8:], b""))
    return b"|".join(fields)


class Fuzz(EngineCase):
    def lines(self, rnd: random.Random, change) -> list[bytes]:
        rows = market.trades(rnd.randrange(1 << 30), 800)
        lines = []
        for row in rows:
            line = rnd.choice((market.line6(row, DAY), market.line20(row)))
            if rnd.random() < 0.15:
                line = change(rnd, line)
            if rnd.random() < 0.2:
                try:
                    line = market.envelope(line, market.milliseconds(DAY, row["second"]) + rnd.randrange(10_000))
                except UnicodeDecodeError:
                    pass
            lines.append(line)
            if rnd.random() < 0.05:
                lines.append(rnd.choice(lines))
        return lines

    def test_damaged_fields_are_counted_as_the_oracle_counts_them(self):
        for seed in range(SEED, SEED + ROUNDS):
            with self.subTest(seed=seed):
                lines = self.lines(random.Random(seed), a_field)
                expected = oracle.footprint(lines, DAY)
                self.assertGreater(expected.undecodable, 50)
                engine = self.new_engine()
                counts = engine.put("idx.trades", "--date", str(DAY), self.write(f"{seed}.txt", joined(lines)))
                self.assertEqual((counts["appended"], counts["undecodable"]), (len(lines), expected.undecodable))
                report = engine.replay()
                for key in COUNTS:
                    self.assertEqual(report[key], getattr(expected, key), key)
                self.assert_candles(engine.candles(), expected.candles)

    def test_any_bytes_at_all(self):
        """A damaged line may still be a trade, or carry another day's date; none may disappear."""
        for seed in range(SEED, SEED + ROUNDS):
            with self.subTest(seed=seed):
                lines = self.lines(random.Random(seed), any_bytes)
                engine = self.new_engine()
                counts = engine.put("idx.trades", "--date", str(DAY), self.write(f"{seed}.txt", joined(lines)))
                self.assertEqual(counts["appended"], len(lines))
                kept = engine.cat("idx.trades", "1970-01-01", "9999-12-31")
                self.assertEqual(sorted(kept.splitlines(keepends=True)), sorted(joined(lines).splitlines(keepends=True)))
                report = engine.replay("--threads", str(1 + seed % 2))
                self.assertEqual(report["messages"], len(lines))
                self.assertEqual(report["undecodable"], counts["undecodable"])
                self.assertEqual(sum(report[key] for key in (*COUNTS[1:], "other")), len(lines))
                for candle in engine.candles():
                    levels = candle["levels"]
                    self.assertEqual(candle["vol"], sum(x["bv"] + x["av"] + x["uv"] for x in levels))
                    self.assertEqual((candle["ohlc"]["l"], candle["ohlc"]["h"]), (levels[0]["p"], levels[-1]["p"]))

    def test_a_damaged_store_and_tape_never_crash_a_reader(self):
        rnd = random.Random(SEED)
        self.engine.put("idx.trades", "--date", str(DAY), self.write("day.txt", joined(market.day20(SEED, 3000))))
        self.engine.replay()
        files = [p for place in (self.engine.tape, self.engine.store) for p in place.rglob("*") if p.is_file()]
        good = {path: path.read_bytes() for path in files}
        for round_number in range(ROUNDS * 3):
            path = rnd.choice([p for p in files if good[p]])
            data = bytearray(good[path])
            for _ in range(rnd.choice((1, 10, 300))):
                data[rnd.randrange(len(data))] = rnd.randrange(256)
            path.write_bytes(data)
            for words in (("cat", "--stream", "idx.trades", "--date", str(DAY)), ("digest",), ("export", "footprint"),
                          ("show", "coverage", "--date", str(DAY)), ("replay",)):
                result = self.engine.run(*words)
                with self.subTest(seed=SEED, round=round_number, file=path.name, command=words[0]):
                    self.assertIn(result.status, (0, 1, 3), str(result))
            for name, content in good.items():
                name.write_bytes(content)


if __name__ == "__main__":
    unittest.main()
