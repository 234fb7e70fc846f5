"""A sealed and pruned day is the day that was imported: byte for byte, digest for digest, at every moment.

JEJAK_SEAL_KILLS and JEJAK_FLIPS set the number of kills per command and of flipped bits.
"""

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import time
import unittest
from datetime import date
from pathlib import Path

import market
from support import SHARED, EngineCase, Engine, end, joined, needs_data, unzstd
from tape_reader import SEAL, SealedDay, chain, hash_of

DAY = "2026-02-10"


class SealCase(EngineCase):
    def folders(self, engine: Engine) -> list[Path]:
        """The day folders of a tape."""
        return sorted(path for path in engine.tape.glob("*/????-??-??"))

    def logs(self, engine: Engine) -> list[Path]:
        return sorted(engine.tape.glob("*/*/*.log"))

    def texts(self, engine: Engine) -> dict:
        return {(f.parent.name, f.name): engine.cat(f.parent.name, f.name) for f in self.folders(engine)}

    def state(self, engine: Engine) -> tuple:
        """Payloads, candles and digests, replayed from scratch."""
        fresh = Engine(self, engine.tape, self.folder / f"store-{time.monotonic_ns()}")
        fresh.replay()
        return self.texts(engine), fresh.ok("export", "footprint").out, fresh.digests()

    def assert_same(self, engine: Engine, expected: tuple, when: str) -> None:
        for got, wanted, what in zip(self.state(engine), expected, ("cat", "export", "digest")):
            self.assertTrue(got == wanted, f"{what} differs {when}")

    def assert_sealed(self, engine: Engine, texts: dict, python: bool = True) -> None:
        for (stream, day), text in texts.items():
            folder = engine.tape / stream / day
            seal = json.loads((folder / "day.json").read_bytes())
            self.assertEqual(seal["raw_sha256"], hashlib.sha256(text).hexdigest(), folder)
            data = (folder / "day.tape").read_bytes()
            sealed = SealedDay(data)
            self.assertEqual((seal["root"], seal["messages"]), (sealed.root, sealed.message_count), folder)
            self.assertEqual((seal["sealed_bytes"], seal["blocks"]), (len(data), len(sealed.blocks)), folder)
            if python:
                self.assertTrue(sealed.text() == text, f"the Python reader restores {folder} otherwise")
        self.assertEqual(list(engine.tape.rglob("*.new")), [])

    def seal_and_prune(self, engine: Engine, python: bool = True) -> tuple:
        before = self.state(engine)
        engine.ok("seal")
        self.assert_same(engine, before, "after seal")
        self.assert_sealed(engine, before[0], python)
        logs = self.logs(engine)
        engine.ok("prune")
        self.assertEqual(self.logs(engine), logs, "a dry run removed something")
        engine.ok("prune", "--yes")
        self.assertEqual(self.logs(engine), [])
        self.assert_same(engine, before, "after prune")
        return before

    def put(self, name: str, lines: list[bytes], engine=None, stream: str = "idx.trades") -> None:
        (engine or self.engine).put(stream, "--date", DAY, self.write(name, joined(lines)))


class SealRealData(SealCase):
    @needs_data
    def test_idx_lines(self):
        for day in ("2026-02-20", "2026-01-08"):
            self.engine.put("idx.trades", "--date", day, SHARED / f"idx_lt_{day}.txt")
        self.seal_and_prune(self.engine)
        path = SHARED / "idx_lt_2026-02-20.txt"
        packed = len(subprocess.run(["zstd", "-19", "-qc", str(path)], stdout=subprocess.PIPE, check=True).stdout)
        size = (self.engine.tape / "idx.trades/2026-02-20/day.tape").stat().st_size
        print(f"idx_lt_2026-02-20: day.tape {size}, zstd -19 {packed}")
        self.assertLessEqual(size, packed)

    @needs_data
    def test_crypto_trades(self):
        path = self.write("trades.txt", unzstd(SHARED / "crypto_spot_trades.ipot.zst"))
        self.engine.put("crypto.trades", "--price-scale", "8", "--quantity-scale", "8", path)
        self.seal_and_prune(self.engine)

    @needs_data
    def test_broker_summaries_as_documents(self):
        self.engine.put("idx.broksum", *sorted(SHARED.glob("broksum_*.json")))
        self.seal_and_prune(self.engine)

    @needs_data
    def test_broker_summaries_as_csv(self):
        data = unzstd(SHARED / "idx_broksum.csv.zst")
        self.engine.put("idx.broksum", self.write("broksum.csv", data))
        cat = self.engine.cat("idx.broksum", "2017-01-01", "2026-12-31")
        self.assertTrue(cat == data)
        self.engine.ok("seal")
        self.engine.ok("prune", "--yes")
        self.assertEqual(self.logs(self.engine), [])
        self.assertTrue(self.engine.cat("idx.broksum", "2017-01-01", "2026-12-31") == data)


class SealForms(SealCase):
    def test_a_simulated_market(self):
        out = self.folder / "sim"
        self.engine.ok("simulate", "--days", "2", "--symbols", "40", "--seed", "5", "--from", DAY,
                       "--book-interval", "60", "--out", out)
        for path in sorted(out.glob("*/*")):
            self.engine.put(path.parent.name, "--date", path.stem, path)
        texts = self.seal_and_prune(self.engine, python=False)[0]
        for path in sorted(out.glob("*/*")):
            self.assertTrue(texts[path.parent.name, path.stem] == path.read_bytes(), path)
            if path.stem == DAY:
                data = (self.engine.tape / path.parent.name / DAY / "day.tape").read_bytes()
                self.assertTrue(SealedDay(data).text() == path.read_bytes(), path)
                if path.parent.name == "idx.trades":
                    rate = len(data) / path.read_bytes().count(b"\n")
                    print(f"simulated trades: {rate:.3f} bytes each")
                    self.assertLess(rate, 4)

    def forms(self) -> dict:
        rows, nine = market.trades(7, 6000), market.milliseconds(date(2026, 2, 10), 9 * 3600)
        twenty = [market.line20(row) for row in rows]
        rnd = random.Random(8)
        mixed = []
        for line in twenty:
            mixed.append(line)
            if rnd.random() < 0.05:
                mixed.append(rnd.choice((b"", b"nonsense", b"B|0900", line, b"a\0b\0", b"\xff\xfe", b"|" * 30)))
        mixed[3000:3000] = [b"x" * 1_000_000, b"", b"\0" * 5000]
        return {
            "twenty": twenty,
            "six": [market.line6(row, date(2026, 2, 10)) for row in rows],
            "envelopes": [market.envelope(line, nine + n * 7 + rnd.randrange(9)) for n, line in enumerate(twenty)],
            "frames": market.frames(twenty, 5),
            "six-frames": market.frames([market.line6(row, date(2026, 2, 10)) for row in rows], 6),
            "spaced-frames": [line.replace(b":", b" : ") for line in market.frames(twenty, 7)],
            "boards": [line.replace(b"|RG|", rnd.choice((b"|NG|", b"|TN|"))) for line in twenty],
            "returns": [line + b"\r" for line in twenty],
            "some-returns": [line + b"\r" * rnd.randrange(2) for line in twenty],
            "doubled": [line for line in twenty for _ in range(rnd.randrange(1, 4))],
            "mixed": mixed,
            "nothing-decodes": [b"line %d" % n for n in range(50)] + [b""] * 5,
        }

    def test_every_form(self):
        for name, lines in self.forms().items():
            with self.subTest(form=name):
                engine = self.new_engine()
                self.put(f"{name}.txt", lines, engine)
                texts = self.seal_and_prune(engine)[0]
                self.assertEqual(sum(text.count(b"\n") for text in texts.values()), len(lines))


class SealFrames(SealCase):
    def capture(self, lines: list[bytes]) -> Engine:
        """An engine with the lines in frames, whose catalog names them as the feed of footprints."""
        engine = self.new_engine()
        self.put("frames.txt", market.frames(lines, 12), engine, stream="ipot.wire")
        path = engine.tape / "streams.json"
        catalog = json.loads(path.read_bytes())
        catalog["streams"]["ipot.wire"].update(market="idx", lot_size=100)
        catalog["feeds"].append({"market": "idx", "content": "trades", "stream": "ipot.wire"})
        path.write_text(json.dumps(catalog))
        return engine

    def test_frames_give_the_footprint_of_their_lines(self):
        for lines in (market.day20(21, 20_000), market.day6(22, 20_000, date.fromisoformat(DAY))):
            engine, plain = self.capture(lines), self.new_engine()
            self.put("lines.txt", lines, plain)
            _, candles, digests = self.state(plain)
            self.assertGreater(len(candles), 100_000)
            state = self.seal_and_prune(engine)
            self.assertTrue(state[1:] == (candles, digests), "candles or digests differ")

    def test_frames_cost_little_more_than_their_lines(self):
        lines, sizes = market.day20(23, 40_000), []
        frames = [json.dumps(market.packet("stream", "LT", line.decode())).encode() for line in lines]
        for payloads in (lines, frames):
            engine = self.new_engine()
            self.put("day.txt", payloads, engine, stream="ipot.wire")
            engine.ok("seal")
            sizes.append((engine.tape / "ipot.wire" / DAY / "day.tape").stat().st_size / len(lines))
        print(f"lines: {sizes[0]:.3f} bytes a trade; in frames: {sizes[1]:.3f}")
        self.assertLess(sizes[1], sizes[0] + 0.2)


class SealLate(SealCase):
    def test_late_messages(self):
        lines, everything = market.day20(9, 9000), self.new_engine()
        done = 0
        for number, part in enumerate((3000, 5000, 6000, 9000)):
            self.put(f"late{number}.txt", lines[done:part])
            self.put(f"late{number}.txt", lines[done:part], everything)
            done = part
            expected = self.state(everything)
            self.assert_same(self.engine, expected, f"with {part} messages")
            self.assertIn(b"sealed now", self.engine.ok("seal").out)
            self.assertIn(b"was sealed", self.engine.ok("seal").out)
            self.assert_same(self.engine, expected, f"with {part} messages sealed")
            if number != 1:  # once, late messages come after a seal that nothing has pruned
                self.engine.ok("prune", "--yes")
                self.assertEqual(self.logs(self.engine), [])
            self.assert_same(self.engine, expected, f"with {part} messages pruned")
            self.assert_sealed(self.engine, expected[0])
            seals = chain(self.engine.tape / "idx.trades")[0]
            self.assertEqual([seal[1] for seal in seals], [DAY] * (number + 1))
            self.assertEqual(len({seal[2] for seal in seals}), number + 1, "two seals have one root")


class SealKill(SealCase):
    kills = int(os.environ.get("JEJAK_SEAL_KILLS", "60"))

    def kill(self, engine: Engine, wait: float, *words: str) -> bool:
        process = engine.start(*words)
        time.sleep(wait)
        running = process.poll() is None
        process.send_signal(signal.SIGKILL)
        end(process)
        return running

    def kill_at_random(self, words: tuple, prepared: tuple, seals: int) -> None:
        """Kills a command at random moments; a run that is not killed leaves so many seals in the chain."""
        lines = market.day20(11, 60_000)
        self.put("day.txt", lines[:40_000])
        for one in prepared:
            self.engine.ok(*one)
        if seals > 1:
            self.put("late.txt", lines[40_000:])
        expected = self.state(self.engine)
        pristine, place = self.folder / "pristine", self.engine.tape
        shutil.copytree(place, pristine)
        started = time.monotonic()
        self.engine.ok(*words)
        span = time.monotonic() - started
        rnd, kills, tries = random.Random(12), 0, 0
        shutil.rmtree(place)
        shutil.copytree(pristine, place)
        while kills < self.kills and tries < self.kills * 4:
            tries += 1
            was_killed = self.kill(self.engine, rnd.uniform(0, span * 1.05), *words)
            kills += was_killed
            # A machine that others leave alone by now is faster than when it was measured.
            span *= 1.02 if was_killed else 0.93
            self.assertTrue(self.texts(self.engine) == expected[0], f"cat differs after kill {kills}")
            if rnd.random() < 0.3:
                self.engine.ok(*words)
                self.assertEqual(list(place.rglob("*.new")), [])
                self.assertTrue((place / "idx.trades" / DAY / "day.json").exists())
                self.assertEqual(bool(self.logs(self.engine)), words[0] == "seal")
                self.assertEqual(len(chain(place / "idx.trades")[0]), seals)
                self.assert_same(self.engine, expected, f"after kill {kills}")
                shutil.rmtree(place)
                shutil.copytree(pristine, place)
        print(f"{words[0]}: {kills} kills in {tries} tries")
        self.assertGreaterEqual(kills, self.kills)

    def test_seal(self):
        self.kill_at_random(("seal",), (), 1)

    def test_seal_again(self):
        self.kill_at_random(("seal",), (("seal",), ("prune", "--yes")), 2)

    def test_prune(self):
        self.kill_at_random(("prune", "--yes"), (("seal",),), 1)


class SealOddDays(SealCase):
    NEXT = "2026-02-11"

    def test_an_older_mark_costs_nothing(self):
        lines = market.day20(9, 4000)
        self.engine.put("idx.trades", "--date", DAY, self.write("half.txt", joined(lines[:2000])))
        mark = self.engine.tape / "idx.trades" / DAY / "mark"
        older = mark.read_bytes()
        self.engine.put("idx.trades", "--date", DAY, self.write("whole.txt", joined(lines)))
        mark.write_bytes(older)
        self.engine.ok("seal")
        self.engine.ok("prune", "--yes")
        self.assertEqual(self.engine.cat("idx.trades", DAY), joined(lines))

    def test_a_folder_without_messages_is_not_sealed(self):
        self.engine.put("idx.trades", "--date", DAY, self.write("one.txt", joined(market.day20(9, 100))))
        (self.engine.tape / "idx.trades" / self.NEXT).mkdir()
        self.assertEqual([row["date"] for row in self.engine.ok("seal", "--json").json()["days"]], [DAY])
        self.engine.put("idx.trades", "--date", self.NEXT, self.write("two.txt", joined(market.day20(9, 50))))

    def test_a_damaged_day_holds_up_no_other(self):
        for day in (DAY, self.NEXT):
            self.engine.put("idx.trades", "--date", day, self.write(day, joined(market.day20(9, 1000))))
        log = next((self.engine.tape / "idx.trades" / DAY).glob("*.log"))
        data = bytearray(log.read_bytes())
        data[5000] ^= 1
        log.write_bytes(data)
        result = self.engine.run("seal", "--json")
        self.assertEqual(result.status, 3, str(result))
        self.assertIn(f"idx.trades of {DAY} is not sealed", result.err)
        self.assertEqual([row["date"] for row in result.json()["days"]], [self.NEXT])


class SealDamage(SealCase):
    flips = int(os.environ.get("JEJAK_FLIPS", "300"))

    def setUp(self) -> None:
        super().setUp()
        self.put("day.txt", market.day20(13, 400))
        self.expected = self.seal_and_prune(self.engine)
        self.path = self.engine.tape / "idx.trades" / DAY / "day.tape"
        self.data = self.path.read_bytes()

    def assert_told(self, what: str, may_pass: bool, replay: bool = True) -> None:
        text = self.expected[0]["idx.trades", DAY]
        result = self.engine.run("cat", "--stream", "idx.trades", "--date", DAY)
        self.assertIn(result.status, (0, 1, 3) if may_pass else (1, 3), f"{what}: {result}")
        if result.status == 3:
            self.assertEqual(result.out, b"", f"{what}: {result}")
            self.engine.one_line(result)
        elif result.status == 0:
            self.assertTrue(result.out == text, f"{what}: other bytes with exit 0")
        else:
            lines = set(text.splitlines())
            self.assertTrue(all(line in lines for line in result.out.splitlines()), f"{what}: other bytes")
            self.assertTrue(result.err, f"{what}: exit 1 without a word")
        if replay:
            fresh = Engine(self, self.engine.tape, self.folder / f"store-{time.monotonic_ns()}")
            result = fresh.run("replay")
            self.assertIn(result.status, (0, 1, 3), f"{what}: {result}")
            if result.status == 0:
                self.assertEqual(fresh.digests(), self.expected[2], f"{what}: another digest with exit 0")

    def test_flipped_bits(self):
        rnd = random.Random(14)
        for number in range(self.flips):
            place, bit = rnd.randrange(len(self.data)), rnd.randrange(8)
            damaged = bytearray(self.data)
            damaged[place] ^= 1 << bit
            self.path.write_bytes(damaged)
            self.assert_told(f"bit {bit} of byte {place} of {len(self.data)}", True)

    def test_cut_files(self):
        for size in (0, 1, 15, 16, 79, 80, len(self.data) // 2, len(self.data) - 64, len(self.data) - 1):
            with self.subTest(size=size):
                self.path.write_bytes(self.data[:size])
                self.assert_told(f"cut to {size}", False)

    def test_another_day(self):
        other = self.new_engine()
        other.put("idx.trades", "--date", "2026-02-11", self.write("o.txt", joined(market.day20(15, 400))))
        other.ok("seal")
        shutil.copy(other.tape / "idx.trades/2026-02-11/day.tape", self.path)
        self.assert_told("another day's file", False)

    def test_an_edited_seal_is_noticed(self):
        path = self.path.with_name("day.json")
        seal = json.loads(path.read_bytes())
        for field, value in (("raw_sha256", "0" * 64), ("messages", 7), ("root", "1" * 64), ("previous", "2" * 64)):
            with self.subTest(field=field):
                path.write_text(json.dumps({**seal, field: value}))
                result = self.engine.run("seal")
                now = json.loads(path.read_bytes())
                self.assertTrue(result.status != 0 or now[field] == seal[field], f"{field} kept: {result}")
        path.write_text("{}")
        self.engine.refused("prune", "--date", DAY, status=(1, 3))


class SealWords(SealCase):
    def test_what_is_refused(self):
        self.put("day.txt", market.day20(16, 100))
        now = subprocess.run(["date", "+%F"], env={"TZ": "Asia/Jakarta"}, stdout=subprocess.PIPE, check=True).stdout
        self.engine.refused("seal", "--date", now.decode().strip(), status=2)
        self.engine.refused("seal", "--stream", "no.such", status=(2, 3))
        self.engine.refused("prune", "--stream", "no.such", status=(2, 3))
        self.engine.refused("prune", "--date", DAY, "--yes", status=(2, 3))
        self.assertEqual(len(self.logs(self.engine)), 1)

    def test_json_and_chain(self):
        for day in (DAY, "2026-02-11", "2026-02-12"):
            self.engine.put("idx.trades", "--date", day, self.write(day, joined(market.day20(17, 300))))
        told = self.engine.ok("seal", "--json").json()["days"]
        self.assertEqual([row["sealed_now"] for row in told], [True] * 3)
        again = self.engine.ok("seal", "--json").json()["days"]
        self.assertEqual([row["sealed_now"] for row in again], [False] * 3)
        previous = "0" * 64
        lines = (self.engine.tape / "idx.trades/seals").read_text().splitlines()
        self.assertEqual(len(lines), 3)
        for number, (line, row) in enumerate(zip(lines, told), 1):
            seal = json.loads((self.engine.tape / "idx.trades" / row["date"] / "day.json").read_bytes())
            self.assertEqual((seal["number"], seal["previous"]), (number, previous))
            previous = hash_of(seal, SEAL)
            self.assertEqual(previous, row["hash"])
            self.assertEqual(
                line, f"{number} {row['date']} {seal['root']} {seal['sealed_at']} {previous}")
        dry = self.engine.ok("prune", "--json").json()
        self.assertEqual((dry["removed"], len(dry["days"])), (False, 3))
        self.assertEqual(len(self.logs(self.engine)), 3)
        self.assertTrue(self.engine.ok("prune", "--yes", "--json").json()["removed"])
        self.assertEqual(self.logs(self.engine), [])


if __name__ == "__main__":
    unittest.main()
