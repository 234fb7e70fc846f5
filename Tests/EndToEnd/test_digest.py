"""One tape, one answer: the digest does not depend on how the replay was done."""

import os
import random
import shutil
import unittest
from datetime import date, timedelta

import market
from support import EngineCase, Engine, joined

DAYS = [date(2026, 2, 2) + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)]


class Digest(EngineCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.lines = {day: market.day20(100 + n, 3000) for n, day in enumerate(DAYS)}
        for day, rows in cls.lines.items():  # both layouts, some lines twice, some undecodable
            rows[500:500] = rows[400:420]
            rows[900:900] = market.day6(day.day, 200, day, ["MIXED", "BBCA"]) + [b"noise"]

    def fill(self, engine: Engine, lines: dict) -> None:
        for day, rows in lines.items():
            path = self.write(f"{id(engine)}/{day}.txt", joined(rows))
            engine.put("idx.trades", "--date", str(day), path)

    def reference(self) -> dict[str, str]:
        """The digests of one undisturbed replay, with what the completion proof says of them."""
        engine = self.new_engine()
        self.fill(engine, self.lines)
        report = engine.replay("--threads", "1")
        digests = engine.digests()
        self.assertEqual(report["digests"]["footprint@1"], {
            key.split(" ")[2]: value for key, value in digests.items() if key.startswith("footprint 1 ")})
        self.assertEqual({key.split(" ")[2] for key in digests}, {str(day) for day in DAYS})
        self.assertEqual(len(set(report["digests"]["footprint@1"].values())), len(DAYS))
        return digests

    def test_threads(self):
        expected = self.reference()
        self.fill(self.engine, self.lines)
        for threads in ("2", "1", "3"):
            report = self.engine.replay("--threads", threads)
            self.assertEqual(self.engine.digests(), expected, f"--threads {threads}")
            self.assertEqual(report["messages"], sum(map(len, self.lines.values())))
            self.engine.ok("export", "footprint", "--date", str(DAYS[0]))
            self.engine = Engine(self, self.engine.tape, self.folder / f"store{threads}")

    def test_ten_pieces_by_date(self):
        expected = self.reference()
        self.fill(self.engine, self.lines)
        for day in random.Random(1).sample(DAYS, len(DAYS)):
            self.engine.replay("--from", str(day), "--to", str(day))
        self.assertEqual(self.engine.digests(), expected)
        self.engine.replay("--from", str(DAYS[2]), "--to", str(DAYS[6]))
        self.assertEqual(self.engine.digests(), expected, "some days replayed again")

    def test_ten_partial_imports_with_a_replay_in_between(self):
        expected = self.reference()
        paths = {day: self.write(f"{day}.txt", b"") for day in DAYS}
        for piece in range(1, 11):
            for day, rows in self.lines.items():
                paths[day].write_bytes(joined(rows[: len(rows) * piece // 10]))
                self.engine.put("idx.trades", "--date", str(day), paths[day])
            self.engine.replay()
        self.assertEqual(self.engine.digests(), expected)
        self.engine.replay()
        self.assertEqual(self.engine.digests(), expected, "replayed once more with nothing new")

    def test_lines_shuffled_across_symbols(self):
        lines = {day: market.day20(day.day, 3000) for day in DAYS[:3]}
        self.fill(self.engine, lines)
        self.engine.replay()
        other = self.new_engine()
        self.fill(other, {day: market.shuffle_across_symbols(rows, 3, day.day) for day, rows in lines.items()})
        other.replay("--threads", "2")
        self.assertEqual(other.digests(), self.engine.digests())

    def test_six_field_lines_shuffled_across_symbols(self):
        lines = {day: market.day6(day.day, 3000, day) for day in DAYS[:3]}
        self.fill(self.engine, lines)
        self.engine.replay()
        other = self.new_engine()
        self.fill(other, {day: market.shuffle_across_symbols(rows, 2, day.day) for day, rows in lines.items()})
        other.replay("--threads", "2")
        self.assertEqual(other.digests(), self.engine.digests())
        # Within a symbol the tape's order is the order: turned round, open and close change.
        third = self.new_engine()
        self.fill(third, {day: rows[::-1] for day, rows in lines.items()})
        third.replay()
        self.assertNotEqual(third.digests(), self.engine.digests())

    def test_any_order_where_there_is_a_sequence(self):
        lines = market.day20(5, 3000)
        self.fill(self.engine, {DAYS[0]: lines})
        self.engine.replay()
        other = self.new_engine()
        self.fill(other, {DAYS[0]: random.Random(6).sample(lines, len(lines))})
        other.replay()
        self.assertEqual(other.digests(), self.engine.digests())

    def test_one_lot_changes_one_day(self):
        lines = {day: rows[:] for day, rows in self.lines.items()}
        row = next(n for n, line in enumerate(lines[DAYS[4]]) if b"|RG|" in line)
        lines[DAYS[4]][row] = lines[DAYS[4]][row].replace(b"|--|", b"0|--|", 1)
        expected = self.reference()
        self.fill(self.engine, lines)
        self.engine.replay()
        changed = {key for key, value in self.engine.digests().items() if value != expected[key]}
        # Folds over days may remember it.
        self.assertEqual({key for key in changed if key.startswith("footprint ")}, {f"footprint 1 {DAYS[4]}"})
        self.assertGreaterEqual(min(key.split(" ")[2] for key in changed), str(DAYS[4]))


class Store(EngineCase):
    """The store is disposable: whatever becomes of it, a replay gives the same answer."""

    def setUp(self) -> None:
        super().setUp()
        for number, day in enumerate(DAYS[:3]):
            path = self.write(f"{day}.txt", joined(market.day20(200 + number, 5000)))
            self.engine.put("idx.trades", "--date", str(day), path)
        self.engine.replay()
        self.expected = self.engine.digests()
        self.candles = self.engine.ok("export", "footprint").out
        self.assertEqual(sum(key.startswith("footprint 1 ") for key in self.expected), 3)

    def assert_rebuilt(self, what: str) -> None:
        self.engine.replay()
        self.assertEqual(self.engine.digests(), self.expected, what)
        self.assertEqual(self.engine.ok("export", "footprint").out, self.candles, what)

    def database(self):
        found = list(self.engine.store.rglob("data.mdb"))
        self.assertEqual(len(found), 1, "one LMDB environment")
        return found[0]

    def damage_silently(self, change) -> None:
        """Changes the database and leaves its size and its times as they were."""
        path = self.database()
        before = path.stat()
        data = bytearray(path.read_bytes())
        change(data)
        path.write_bytes(data)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def test_bits_that_rot_without_a_trace(self):
        """What shows only while values are read is rebuilt by the command that meets it."""
        rnd = random.Random(11)

        def flip(data: bytearray) -> None:
            for _ in range(200):
                data[rnd.randrange(8192, len(data))] ^= 1 << rnd.randrange(8)

        for words, expected in ((("export", "footprint"), self.candles), (("digest",), None)):
            for _ in range(5):
                self.damage_silently(flip)
                result = self.engine.run(*words)
                if result.status != 0:  # part of the answer was out already: the next run rebuilds
                    self.assertEqual(result.status, 3, str(result))
                    result = self.engine.ok(*words)
                if expected is not None:
                    self.assertEqual(result.out, expected, str(result))
                else:
                    self.assertEqual(self.engine.digests(), self.expected)
            self.damage_silently(flip)
            self.assert_rebuilt("a replay of everything takes nothing over")

    def test_rows_of_a_lost_symbol_are_missed(self):
        """A value whose key has been changed is whole by its own checksum or not; the answer is never shorter."""
        for _ in range(3):
            self.damage_silently(lambda data: data.__setitem__(
                slice(None), data.replace(b"idx\0BBCA\0", b"idx\0BBCB\0")))
            result = self.engine.run("export", "footprint")
            if result.status == 0:
                self.assertEqual(result.out, self.candles)
            self.assert_rebuilt("keys changed")

    def test_history_leaves_no_trace(self):
        """After a replay the store is what a fresh store would be, whatever stood on the tape before."""
        def same_as_fresh(what: str) -> None:
            self.engine.replay()
            fresh = Engine(self, self.engine.tape, self.folder / f"fresh {what}")
            fresh.replay()
            self.assertEqual(self.engine.digests(), fresh.digests(), what)
            for words in (("export", "footprint"), ("show", "coverage", "--json")):
                self.assertEqual(self.engine.ok(*words).out, fresh.ok(*words).out, what)

        day = str(DAYS[0])
        path = self.write("six.txt", joined(market.day6(3, 500, DAYS[0])))
        for stream in ("crypto.trades", "idx.more.trades"):
            self.engine.put(stream, "--date", day, path)
        same_as_fresh("two markets")
        shutil.rmtree(self.engine.tape / "crypto.trades" / day)
        self.assertIn(day, self.engine.run("digest").err, "only the store still has it")
        same_as_fresh("a market gone")
        catalog = self.engine.tape / "streams.json"
        catalog.write_text(catalog.read_text().replace(
            '"stream" : "idx.trades"', '"stream" : "idx.more.trades"'))
        same_as_fresh("another feed")

    def test_a_catalog_that_cannot_be_followed_changes_nothing(self):
        catalog = self.engine.tape / "streams.json"
        text = catalog.read_text()
        for new in (
            text.replace('"lot_size" : 100', '"lot_size" : -1'),
            text.replace('"lot_size" : 100', '"lot_size" : 5000000000'),
            text.replace('"format" : 1', '"format" : 9'), text.replace('"idx.trades" : {', '"idx.x" : {'), None,
        ):
            catalog.unlink()
            if new is not None:
                self.assertNotEqual(new, text)
                catalog.write_text(new)
            self.assertIn("streams.json", self.engine.refused("replay", status=3))
            catalog.write_text(text)
            self.assertEqual(self.engine.ok("export", "footprint").out, self.candles)
            self.assertEqual(self.engine.digests(), self.expected)

    def test_a_day_that_has_grown_is_stale_until_its_footprints_are_made(self):
        path = self.write("more.txt", joined(market.day20(999, 50)))
        self.engine.put("idx.trades", "--date", str(DAYS[1]), path)
        others = {key.split(" ")[0] for key in self.expected} - {"footprint"}
        for projection in ("coverage", "footprint", *sorted(others)):
            self.assertIn(str(DAYS[1]), self.engine.run("digest").err)
            self.engine.replay("--projection", projection)
        self.assertEqual(self.engine.run("digest").err, "")

    def test_deleted(self):
        shutil.rmtree(self.engine.store)
        self.assert_rebuilt("store deleted")

    def test_one_file_deleted(self):
        for path in sorted(p for p in self.engine.store.rglob("*") if p.is_file()):
            path.unlink(missing_ok=True)
            self.assert_rebuilt(f"{path.name} deleted")

    def test_bytes_flipped(self):
        """Any byte of the database: the meta pages, the tree, the rows."""
        rnd = random.Random(7)
        for round_number in range(30):
            path = self.database()
            data = bytearray(path.read_bytes())
            limit = (64, 8192, len(data))[round_number % 3]
            for _ in range(rnd.choice((1, 8, 64))):
                data[rnd.randrange(limit)] ^= 1 << rnd.randrange(8)
            path.write_bytes(data)
            self.assert_rebuilt(f"bytes flipped, round {round_number}")

    def test_pages_damaged(self):
        rnd = random.Random(8)
        for round_number in range(12):
            path = self.database()
            data = bytearray(path.read_bytes())
            for _ in range(rnd.choice((1, 5))):
                page = rnd.randrange(len(data) // 4096) * 4096
                data[page : page + 4096] = bytes(4096) if round_number % 2 else rnd.randbytes(4096)
            path.write_bytes(data)
            self.assert_rebuilt(f"pages damaged, round {round_number}")

    def test_cut_and_replaced(self):
        for name, change in {
            "empty": lambda data: b"",
            "half a page": lambda data: data[:2048],
            "half": lambda data: data[: len(data) // 2],
            "rubbish": lambda data: random.Random(9).randbytes(len(data)),
        }.items():
            path = self.database()
            path.write_bytes(change(path.read_bytes()))
            self.assert_rebuilt(name)

    def test_a_damaged_store_is_never_quietly_believed(self):
        """Reading without a replay either says the same as before or fails; it does not lie and does not crash."""
        rnd = random.Random(10)
        for round_number in range(20):
            path = self.database()
            good = path.read_bytes()
            data = bytearray(good)
            for _ in range(200):
                data[rnd.randrange(8192, len(data))] ^= 1 << rnd.randrange(8)
            path.write_bytes(data)
            result = self.engine.run("export", "footprint")
            self.assertIn(result.status, (0, 1, 3), str(result))
            if result.status == 0:
                self.assertEqual(result.out, self.candles, f"round {round_number}")
            self.assert_rebuilt(f"round {round_number}")


if __name__ == "__main__":
    unittest.main()
