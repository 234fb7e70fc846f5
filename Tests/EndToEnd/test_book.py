"""Order books from import to export, beside a book in plain dictionaries."""

import json
import random
import shutil
import subprocess
import unittest
from decimal import Decimal

import book_oracle
from support import SHARED, USAGE, EngineCase, joined, needs_data, unzstd
from tape_reader import SealedDay

DAY = "2026-02-10"
REAL_DAY = "2024-08-09"
START = 1_770_688_800_000  # 09:00 WIB
HEADER = b"timestamp,price,lots,total_value,side"
needs_zstd = unittest.skipUnless(shutil.which("zstd"), "the zstd program is absent")


def shown(answer: dict) -> tuple[list, list]:
    """The levels of `show book --json`."""
    return tuple([(level["p"], level["q"]) for level in answer[side]] for side in ("bids", "asks"))


def read(data: bytes) -> dict:
    return json.loads(data, parse_float=Decimal, parse_int=Decimal)


def rows(seed: int, count: int, symbols: tuple = ("BBCA", "TLKM")) -> list[bytes]:
    """Random levels about a price, some of which go again."""
    rnd, time, result = random.Random(seed), START, []
    while len(result) < count:
        time += rnd.choice((0, 40, 700, 9000))
        side, offset = rnd.choice((("BID", 0), ("OFFER", 12)))
        row = f"{time},{rnd.choice(symbols)},{side},{1000 + (offset + rnd.randrange(20)) * 5},"
        result.append((row + str(rnd.choice((0, 0, 1, 700, rnd.randrange(1, 9999))))).encode())
    return result


def envelope(raw: dict, second: int) -> bytes:
    text = json.dumps(raw, separators=(",", ":"))
    return json.dumps({"v": 2, "fmt": "ob2", "src": "x", "code": "BBCA", "raw": text, "ts": START + second * 1000},
                      separators=(",", ":")).encode()


def update(triples: str) -> dict:
    return {"subcmd": "UPDATE", "board": "RG", "recinfo": f"C|U|BBCA|RG|1|2|:|3|4|;|3|4|P|{triples}|X|1"}


INIT = {"subcmd": "INIT", "BUY": [[284, 50], [282, 7]], "SELL": [[286, 9]], "headinfo": "C|U|BBCA|RG|1"}


class Books(EngineCase):
    def show(self, symbol: str, *words: str) -> dict:
        return read(self.engine.ok("show", "book", symbol, "--json", *words).out)

    def test_a_book_by_hand(self):
        lines = [envelope(update("280|1|0"), 1), envelope(INIT, 2), envelope(update("284|0|3|282|0|0"), 3),
                 envelope(update("278|4|0"), 70)]
        self.assertEqual(self.engine.put("idx.book", self.write("ob2", joined(lines)))["undecodable"], 0)
        self.engine.replay()
        first = self.show("BBCA", "--at", "09:00")
        self.assertEqual(shown(first), ([], [(284, 3), (286, 9)]))
        # The bid of 50 goes (- 50), the offer improves to 284 (- 3); the whole book is no flow.
        self.assertEqual((first["ofi"], first["events"], first["before_whole"]), (-53, 2, 1))
        self.assertEqual((first["bid"], first["spread"], first["imbalance"]), (None, None, -1))
        last = self.show("BBCA")
        self.assertEqual(shown(last), ([(278, 4)], [(284, 3), (286, 9)]))
        self.assertEqual((last["spread"], last["imbalance"], last["as_of"]), (6, Decimal(-8) / 16, START + 70_000))
        self.assertFalse(self.show("BBCA", "--at", "09:20")["stale"])
        self.assertTrue(self.show("BBCA", "--at", "09:22")["stale"])
        # Lunch is no silence.
        self.engine.put("idx.book", self.write("late", joined([envelope(INIT, 3 * 3600 - 60)])))
        self.engine.replay()
        self.assertFalse(self.show("BBCA", "--at", "13:45")["stale"])

    def test_tables_for_people(self):
        self.engine.put("idx.book", self.write("rows", joined(rows(1, 900))))
        self.engine.replay()
        for words in ((), ("--at", "09:05")):
            text = self.engine.ok("show", "book", "BBCA", *words).out.decode()
            self.assertLessEqual(max(map(len, text.splitlines())), 80)
            self.assertIn("spread", text)
        wide = self.engine.ok("show", "book", "BBCA", "--wide", "--limit", "3").out.decode()
        self.assertEqual(len(wide.splitlines()), 3 + 1 + 6 + 2)
        self.assertIn("offer sum", wide)
        self.engine.refused("show", "book", status=USAGE)
        self.assertIn("no order book", self.engine.refused("show", "book", "XXXX", status=USAGE))
        self.assertIn("--at", self.engine.refused("show", "book", "BBCA", "--at", "9", status=USAGE))
        self.assertIn("--symbol", self.engine.refused("export", "book", status=USAGE))
        self.assertIn("08:59", self.engine.refused("show", "book", "BBCA", "--at", "08:59", status=USAGE))

    def test_the_table_goes_out_and_comes_back(self):
        self.engine.put("idx.book", self.write("rows", joined(rows(2, 2000))))
        self.engine.replay()
        other = self.new_engine()
        for symbol in ("BBCA", "TLKM"):
            table = self.engine.ok("export", "book", "--symbol", symbol, "--date", DAY).out
            lines = table.splitlines()
            self.assertEqual(lines[0], HEADER)
            for line in lines[1:]:
                time, price, lots, value, side = line.decode().split(",")
                self.assertRegex(time, rf"^{DAY}T09:\d\d:\d\d\.\d{{6}}$")
                self.assertEqual(int(value), int(price) * int(lots) * 100)
                self.assertIn(side, ("BUY", "SELL"))
            path = self.write(f"{symbol}.csv", table)
            self.assertGreater(other.put("idx.book", "--symbol", symbol, path)["appended"], 5)
            self.assertEqual(other.put("idx.book", "--symbol", symbol, path)["appended"], 0)
        other.replay()
        for form in ("hot", "sealed"):
            for symbol in ("BBCA", "TLKM"):
                self.assertEqual(
                    other.ok("export", "book", "--symbol", symbol).out,
                    self.engine.ok("export", "book", "--symbol", symbol).out, form)
            other.ok("seal", "--date", DAY)
            other.ok("prune", "--date", DAY, "--yes")
            shutil.rmtree(other.store)
        # Without a name rows are about nothing that is known.
        unnamed = self.new_engine()
        self.assertGreater(unnamed.put("idx.book", path)["undecodable"], 5)

    def test_digests_are_equal_hot_and_sealed_by_one_thread_and_two(self):
        sides = ["#O|%s|%s|%s" % (symbol, side, "|".join(f"{9000 + n * 25};{n + 1};{(n + k) % 7 * 100}" for n in range(9)))
                 for k in range(300) for symbol in ("ASII", "BBRI") for side in ("BID", "OFFER")]
        files = {"idx.book": joined(rows(3, 3000)), "stockbit.book": joined(map(str.encode, sides))}
        digests = []
        for order in ((*files,), (*reversed(files),)):
            engine = self.new_engine()
            for stream in order:
                engine.put(stream, "--date", DAY, self.write(stream, files[stream]))
            for _ in ("hot", "sealed"):
                for threads in ("1", "2"):
                    shutil.rmtree(engine.store, ignore_errors=True)
                    digests.append(engine.replay("--threads", threads)["digests"]["book@1"][DAY])
                engine.ok("seal", "--date", DAY)
                engine.ok("prune", "--date", DAY, "--yes")
                self.assertEqual({name: engine.cat(name, DAY) for name in files}, files)
        self.assertEqual(len(set(digests)), 1)
        for stream, codec in (("idx.book", 6), ("stockbit.book", 7)):
            sealed = SealedDay((engine.tape / stream / DAY / "day.tape").read_bytes())
            self.assertEqual({block.codec for block in sealed.blocks}, {codec})
            self.assertEqual(sealed.text(), files[stream])

    def test_a_simulated_day_holds_the_ten_best_levels(self):
        out = self.folder / "sim"
        self.engine.ok("simulate", "--days", "1", "--symbols", "6", "--seed", "4", "--from", DAY, "--out", out)
        path = out / "idx.book" / f"{DAY}.ndjson"
        self.assertEqual(self.engine.put("idx.book", path)["undecodable"], 0)
        self.engine.replay()
        self.engine.ok("seal", "--date", DAY)
        self.engine.ok("prune", "--date", DAY, "--yes")
        books: dict = {}
        for line in path.read_bytes().splitlines():
            message = json.loads(line)
            raw = json.loads(message["raw"])
            book = books.setdefault(message["code"], book_oracle.Book())
            if raw["subcmd"] == "INIT":
                book.bids, book.offers = dict(raw["BUY"]), dict(raw["SELL"])
                continue
            fields = raw["recinfo"].split("|")
            fields = fields[fields.index(";") + 4 : fields.index("X")]
            for price, bid, offer in zip(*(map(int, fields[at::3]) for at in range(3))):
                book.set(True, price, bid)
                book.set(False, price, offer)
        self.assertEqual(len(books), 6)
        for symbol, book in books.items():
            answer = self.show(symbol)
            self.assertEqual(shown(answer), book.levels(), symbol)
            self.assertLessEqual(max(map(len, shown(answer))), 10)
        sealed = SealedDay((self.engine.tape / "idx.book" / DAY / "day.tape").read_bytes())
        self.assertEqual({block.codec for block in sealed.blocks}, {7})
        self.assertEqual(sealed.text(), path.read_bytes())


@needs_data
@needs_zstd
class RealBooks(EngineCase):
    def test_every_minute_is_that_of_a_plain_book(self):
        source = SHARED / "crypto_spot_l2.csv.zst"
        text = unzstd(source)
        counts = self.engine.put("crypto.book", "--price-scale", "8", "--quantity-scale", "8", source)
        self.assertEqual((counts["appended"], counts["undecodable"]), (text.count(b"\n"), 0))
        expected = book_oracle.minutes(text.decode().splitlines()[1:])
        self.assertEqual(len(expected), 24)
        digests = []
        for form in ("hot", "sealed"):
            for threads in ("1", "2"):
                shutil.rmtree(self.engine.store, ignore_errors=True)
                digests.append(self.engine.replay("--threads", threads)["digests"]["book@1"][REAL_DAY])
            for (symbol, minute), book in expected.items():
                with self.subTest(form=form, symbol=symbol, minute=minute):
                    wib = minute // 60_000 % 1440 + 7 * 60
                    answer = read(self.engine.ok(
                        "show", "book", symbol, "--json", "--at", f"{wib // 60 % 24:02}:{wib % 60:02}").out)
                    self.assertEqual((answer["t0"], answer["as_of"]), (minute, book["as_of"]))
                    self.assertEqual(shown(answer), (book["bids"], book["offers"]))
                    self.assertEqual((answer["bid"]["p"], answer["ask"]["p"]), (book["bids"][0][0], book["offers"][0][0]))
                    self.assertEqual(answer["spread"], book["offers"][0][0] - book["bids"][0][0])
                    self.assertEqual(answer["ofi"], book["flow"])
                    self.assertEqual(float(answer["imbalance"]), book["imbalance"])
            if form == "hot":
                self.engine.ok("seal", "--date", REAL_DAY)
                self.engine.ok("prune", "--date", REAL_DAY, "--yes")
        self.assertEqual(len(set(digests)), 1)
        self.assertEqual(self.engine.cat("crypto.book", REAL_DAY), text)
        sealed = (self.engine.tape / "crypto.book" / REAL_DAY / "day.tape").stat().st_size
        least = len(subprocess.run(["zstd", "-19", "-q", "-c"], input=text, stdout=subprocess.PIPE, check=True).stdout)
        self.assertLessEqual(sealed * 2, least, f"sealed {sealed} bytes, zstd -19 {least}")


if __name__ == "__main__":
    unittest.main()
