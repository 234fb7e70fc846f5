"""A day that retention has removed is proven, named and never made up for: its tombstone, and what each command says.

JEJAK_SEAL_KILLS sets the number of kills.
"""

import fcntl
import json
import os
import random
import shutil
import signal
import time
import unittest
from datetime import date, datetime, timedelta, timezone

import market
from support import FAILED, FINDINGS, GOOD, USAGE, EngineCase, Engine, end, joined
from tape_reader import chain

OLD, NEW = "2026-02-10", "2026-02-11"
STREAM = "idx.trades"
GONE = "removed by retention"
LEFT = {"day.json", "mark", "sanity-info.json", "tombstone.json"}


def today() -> date:
    return (datetime.now(timezone.utc) + timedelta(hours=7)).date()


def days_since(day: str) -> int:
    return (today() - date.fromisoformat(day)).days


class RetentionCase(EngineCase):
    def configure(self, engine: Engine, stream: str, **settings) -> None:
        """Edits a stream in streams.json, as a person does."""
        path = engine.tape / "streams.json"
        catalog = json.loads(path.read_bytes())
        catalog["streams"][stream].update(settings)
        path.write_text(json.dumps(catalog, indent=2))

    def put_day(self, day: str, seed: int, count: int = 3000) -> bytes:
        data = joined(market.day20(seed, count))
        self.engine.put(STREAM, "--date", day, self.write(f"{day}.txt", data))
        return data

    def names(self, day: str = OLD) -> set:
        return {path.name for path in (self.engine.tape / STREAM / day).iterdir()}

    def files(self, day: str = OLD) -> dict:
        return {path.name: path.read_bytes() for path in (self.engine.tape / STREAM / day).iterdir()}

    def two_days(self) -> None:
        """A projected tape of two sealed days, of which a policy lets the older one go."""
        self.old, self.new = self.put_day(OLD, 21), self.put_day(NEW, 22)
        self.engine.replay()
        self.rows = self.engine.digests(), self.engine.ok("export", "footprint").out
        self.engine.ok("seal")
        self.configure(self.engine, STREAM, retention={"sealed_days": days_since(NEW)})

    def retire(self) -> None:
        self.two_days()
        self.engine.ok("prune", "--yes")
        self.assertEqual(self.names(), LEFT)


class RetentionPrune(RetentionCase):
    def test_a_day_past_retention_goes_and_its_seal_stays_proven(self):
        self.two_days()
        before = self.files()
        dry = self.engine.ok("prune", "--json").json()
        self.assertEqual(self.files(), before)
        row = next(row for row in dry["days"] if row["date"] == OLD)
        self.assertEqual(row["policy"], f"sealed_days {days_since(NEW)}")
        self.assertEqual(set(row["segments"]), set(before) - LEFT)
        self.assertEqual(row["bytes"], sum(len(before[name]) for name in row["segments"]))
        self.assertIn(b"by retention", self.engine.ok("prune").out)
        self.assertTrue(self.engine.ok("prune", "--yes", "--json").json()["removed"])
        self.assertEqual(self.names(), LEFT)
        self.assertEqual(self.files()["day.json"], before["day.json"])
        lines, tombstones = chain(self.engine.tape / STREAM)
        self.assertEqual([line[1] for line in lines], [OLD, NEW])
        self.assertEqual((list(tombstones), tombstones[OLD]["messages"]), ([OLD], self.old.count(b"\n")))
        self.assertEqual(tombstones[OLD]["policy"], row["policy"])
        self.assertEqual(self.engine.cat(STREAM, NEW), self.new)
        again = self.engine.ok("prune", "--yes", "--json").json()["days"]
        self.assertEqual(sum(row["bytes"] for row in again), 0)
        self.put_day("2026-02-12", 23)
        self.engine.ok("seal")
        self.assertEqual(len(chain(self.engine.tape / STREAM)[0]), 3)

    def test_a_scan_knows_the_tombstone_and_a_salvage_refuses_the_day(self):
        self.two_days()
        self.engine.ok("replay")
        digests = self.engine.digests()
        self.engine.ok("prune", "--yes")
        for level in ("quick", "full", "audit"):
            report = self.engine.run("scan", "--level", level, "--json")
            self.assertEqual(report.status, 0, str(report))
            damage = [finding for finding in report.json()["findings"] if finding["severity"] == "damage"]
            self.assertEqual(damage, [], str(report))
        before = self.files()
        self.assertIn("retention", self.engine.refused("salvage", "--stream", STREAM, "--date", OLD, "--yes", status=FAILED))
        self.assertEqual(self.files(), before)
        self.engine.ok("replay")
        self.assertEqual(self.engine.digests(), digests)
        seal = self.engine.tape / STREAM / OLD / "day.json"
        seal.unlink()
        self.assertEqual(self.engine.run("scan").status, 1)

    def test_without_a_policy_nothing_goes(self):
        self.put_day(OLD, 21)
        self.engine.ok("seal")
        self.engine.ok("prune", "--yes")
        self.assertIn("day.tape", self.names())

    def test_hot_days_of_a_stream(self):
        self.two_days()
        self.configure(self.engine, STREAM, retention={"hot_days": days_since(NEW)})
        self.engine.ok("prune", "--yes")
        self.assertEqual([len(list((self.engine.tape / STREAM / day).glob("*.log"))) for day in (OLD, NEW)], [0, 1])

    def test_a_day_that_is_not_sealed_whole_stays(self):
        self.two_days()
        self.engine.put(STREAM, "--date", OLD, self.write("late.txt", b"late\n"))
        result = self.engine.ok("prune", "--yes")
        self.assertIn("past retention", result.err)
        self.assertIn(f"jejak seal --date {OLD}", result.err)
        self.assertEqual(self.engine.cat(STREAM, OLD), self.old + b"late\n")
        self.engine.ok("seal")
        self.engine.ok("prune", "--yes")
        self.assertEqual(self.names(), LEFT)
        self.assertEqual(len(chain(self.engine.tape / STREAM)[0]), 3)

    def test_a_day_waits_for_a_writer(self):
        self.two_days()
        with open(self.engine.tape / STREAM / "lock", "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertIn("is being written", self.engine.ok("prune", "--yes").err)
        # Nor does the writer's next segment: it may go on in the last one of any day.
        self.assertEqual(len(list((self.engine.tape / STREAM).glob("*/*.log"))), 2)
        self.assertEqual((self.engine.cat(STREAM, OLD), self.engine.cat(STREAM, NEW)), (self.old, self.new))
        self.engine.ok("prune", "--yes")
        self.assertEqual(self.names(), LEFT)

    def test_a_policy_that_cannot_be_followed_is_refused(self):
        self.two_days()
        before = self.files()
        for retention in ({"sealed_days": 0}, {"sealed_days": -3}, {"hot_days": -1}, {"sealed_days": 10**12}):
            self.configure(self.engine, STREAM, retention=retention)
            self.assertIn(str(list(retention.values())[0]), self.engine.refused("prune", "--yes", status=FAILED))
        self.configure(self.engine, STREAM, retention={"sealed_days": "soon"})
        self.engine.refused("prune", "--yes", status=FAILED)
        self.assertEqual(self.files(), before)

    def test_killed_at_random(self):
        self.two_days()
        wanted = int(os.environ.get("JEJAK_SEAL_KILLS", "60"))
        pristine, place = self.folder / "pristine", self.engine.tape
        shutil.copytree(place, pristine)
        started = time.monotonic()
        self.engine.ok("prune", "--yes")
        span = time.monotonic() - started
        rnd, kills, tries, gone = random.Random(24), 0, 0, 0
        while kills < wanted and tries < wanted * 4:
            if tries % 3 == 0:
                shutil.rmtree(place)
                shutil.copytree(pristine, place)
            tries += 1
            process = self.engine.start("prune", "--yes")
            time.sleep(rnd.uniform(0, span * 1.05))
            was_killed = process.poll() is None
            kills += was_killed
            span *= 1.02 if was_killed else 0.93
            process.send_signal(signal.SIGKILL)
            end(process)
            result = self.engine.run("cat", "--stream", STREAM, "--date", OLD)
            if result.status == GOOD:
                self.assertTrue(result.out == self.old, f"cat differs after kill {kills}")
            else:
                gone += 1
                self.assertEqual((result.status, result.out), (FINDINGS, b""), str(result))
                self.assertIn(GONE, result.err)
            if rnd.random() < 0.3:
                self.engine.ok("prune", "--yes")
                self.assertEqual(self.names(), LEFT)
                self.assertEqual(list(chain(place / STREAM)[1]), [OLD])
                self.assertEqual(self.engine.cat(STREAM, NEW), self.new)
        print(f"retention: {kills} kills in {tries} tries, the day was gone behind {gone}")
        self.assertGreaterEqual(kills, wanted)


class RetentionTold(RetentionCase):
    def test_cat_and_seal(self):
        self.retire()
        result = self.engine.run("cat", "--stream", STREAM, "--date", OLD)
        self.assertEqual((result.status, result.out), (FINDINGS, b""))
        self.assertIn(f"{STREAM} of {OLD} was {GONE} on {today()}", self.engine.one_line(result))
        result = self.engine.run("cat", "--stream", STREAM, "--from-date", OLD, "--to-date", NEW)
        self.assertEqual((result.status, result.out), (FINDINGS, self.new))
        self.assertIn(GONE, self.engine.one_line(result))
        before = self.files()
        self.assertIn(GONE.encode(), self.engine.ok("seal", "--date", OLD).out)
        rows = self.engine.ok("seal", "--json").json()["days"]
        self.assertEqual(["removed_at" in row for row in rows], [True, False])
        self.assertEqual(self.files(), before)

    def test_import(self):
        self.retire()
        before, cat = self.files(), self.engine.cat(STREAM, NEW)
        path = self.folder / f"{OLD}.txt"
        result = self.engine.ok("import", "--stream", STREAM, "--date", OLD, "--json", path)
        counts = result.json()
        self.assertEqual((counts["appended"], counts["already_there"]), (0, self.old.count(b"\n")))
        self.assertIn("not appended again", result.err)
        # The same bytes through a pipe, which are known only by what is gone, and other bytes.
        other = self.write("other.txt", self.old + b"more\n")
        for words, data in (("-",), self.old), ((other,), None), ((self.write("x.txt", b"x\n"),), None):
            line = self.engine.refused("import", "--stream", STREAM, "--date", OLD, *words, stdin=data, status=FAILED)
            self.assertIn(GONE, line)
        self.assertEqual(self.files(), before)
        late = self.write("late.txt", b"late\n")
        self.engine.put(STREAM, "--date", NEW, late)
        self.assertEqual(self.engine.cat(STREAM, NEW), cat + b"late\n")

    def test_import_of_a_source_with_an_open_end(self):
        lines = market.day20(25, 300)
        path = self.write("open.txt", b"\n".join(lines))
        self.engine.put(STREAM, "--date", OLD, path)
        self.engine.ok("seal")
        self.configure(self.engine, STREAM, retention={"sealed_days": 1})
        self.engine.ok("prune", "--yes")
        counts = self.engine.put(STREAM, "--date", OLD, path)
        self.assertEqual((counts["appended"], counts["already_there"]), (0, 300))
        self.assertEqual(self.names(), LEFT)

    def test_import_of_many_days_goes_on_behind_a_retired_one(self):
        parts = {day: [market.line6(row, date.fromisoformat(day)) for row in market.trades(seed, 200)]
                 for seed, day in enumerate((OLD, NEW), 26)}
        first, both = joined(parts[OLD]), joined(parts[OLD] + parts[NEW])
        self.engine.put(STREAM, self.write("grows.txt", first))
        self.engine.ok("seal")
        self.configure(self.engine, STREAM, retention={"sealed_days": 1})
        self.engine.ok("prune", "--yes")
        counts = self.engine.put(STREAM, self.write("grows.txt", both))
        self.assertEqual((counts["appended"], counts["already_there"]), (200, 200))
        self.assertEqual(self.engine.cat(STREAM, NEW), joined(parts[NEW]))

    def test_the_store_keeps_the_rows_of_a_retired_day(self):
        self.retire()
        for words in ((), ("--from", OLD, "--to", OLD), ("--symbol", "BBCA"), ("--projection", "coverage")):
            report = self.engine.replay(*words)
            self.assertEqual([(row["date"], row["kept"]) for row in report["retired"]], [(OLD, True)], words)
            self.assertEqual((self.engine.digests(), self.engine.ok("export", "footprint").out), self.rows, words)
        self.assertIn(b"the store keeps its rows", self.engine.ok("replay").out)
        result = self.engine.ok("show", "coverage", "--date", OLD)
        self.assertIn(b", retired", result.out)
        self.assertIn("keeps its rows", self.engine.one_line(result))
        rows = self.engine.ok("show", "coverage", "--json").json()
        self.assertEqual([row["retired"] for row in rows], [True, False])
        result = self.engine.ok("show", "market", "--date", NEW)
        self.assertEqual(result.err, "")

    def test_a_store_from_nothing_lacks_the_day_and_says_so(self):
        self.retire()
        result = self.engine.run("replay", "--force", "--json")
        self.assertEqual(result.status, FINDINGS, str(result))
        self.assertEqual([(row["date"], row["kept"]) for row in result.json()["retired"]], [(OLD, False)])
        kept = {key: digest for key, digest in self.rows[0].items() if key.endswith(NEW)}
        self.assertEqual(self.engine.digests(), kept)
        for words in (("digest",), ("show", "market"), ("show", "coverage"), ("export", "footprint")):
            line = self.engine.refused(*words, "--date", OLD, status=USAGE)
            self.assertIn(GONE, line)
        self.assertIn("the store lacks its rows", self.engine.ok("digest").err)
        self.engine.refused("replay", "--force", "--from", OLD, status=USAGE)

    def test_a_lost_or_damaged_store_says_what_it_lacks(self):
        for number in range(2):
            with self.subTest(number=number):
                self.engine = self.new_engine()
                self.retire()
                if number == 0:
                    shutil.rmtree(self.engine.store)
                else:
                    for path in self.engine.store.iterdir():
                        path.write_bytes(b"no store" * 1000)
                result = self.engine.ok("digest")
                self.assertIn("the store lacks its rows", result.err)
                self.assertNotIn(OLD.encode(), result.out)
                self.assertIn(NEW.encode(), result.out)


class SafetyCheck(RetentionCase):
    STREAM = "crypto.trades"  # It trades every day, also on the day of this test.

    def put_crypto(self, day: str) -> bytes:
        data = joined([market.line6(row, date.fromisoformat(day)) for row in market.trades(27, 50)])
        self.engine.put(self.STREAM, self.write(f"crypto-{day}.txt", data))
        return data

    def sealed(self) -> list:
        return sorted(path.parent.name for path in self.engine.tape.glob("*/*/day.tape"))

    def test_a_scheduled_seal_waits_for_today(self):
        self.put_crypto(OLD)
        self.put_day(NEW, 28)
        self.configure(self.engine, self.STREAM, daily=True)
        for words in ((), ("--stream", self.STREAM)):
            result = self.engine.run("seal", *words)
            self.assertEqual((result.status, self.sealed()), (FINDINGS, []), str(result))
            line = self.engine.one_line(result)
            self.assertIn(self.STREAM, line)
            self.assertNotIn(STREAM, line)
        result = self.engine.run("seal", "--json")
        self.assertEqual((result.json()["waiting_for"], result.json()["days"]), ([self.STREAM], []))
        self.engine.ok("seal", "--date", OLD)
        self.assertEqual(self.sealed(), [OLD])
        self.engine.ok("seal", "--stream", STREAM)
        self.assertEqual(self.sealed(), [OLD, NEW])
        self.put_crypto(str(today()))
        self.assertEqual(self.engine.ok("seal", "--json").json()["waiting_for"], [])

    def test_a_stream_that_is_not_daily_waits_for_nothing(self):
        self.put_crypto(OLD)
        self.engine.ok("seal")
        self.configure(self.engine, self.STREAM, daily=False)
        self.engine.ok("seal")
        self.assertEqual(self.sealed(), [OLD])


if __name__ == "__main__":
    unittest.main()
