"""`jejak scan` and `jejak salvage`: what they find, say and mend, through the real program."""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import signal
import time
from pathlib import Path

import market
from support import FAILED, FINDINGS, GOOD, USAGE, EngineCase, end, joined

DAY, NEXT = "2026-02-10", "2026-02-11"


class ScanCase(EngineCase):
    def setUp(self) -> None:
        super().setUp()
        self.lines = market.day20(21, 600)
        self.engine.put("idx.trades", "--date", DAY, self.write("one.txt", joined(self.lines)))
        self.engine.put("idx.trades", "--date", NEXT, self.write("two.txt", joined(market.day20(22, 300))))

    @property
    def folder_of_day(self) -> Path:
        return self.engine.tape / "idx.trades" / DAY

    @property
    def log(self) -> Path:
        return sorted(self.folder_of_day.glob("*.log"))[0]

    def scan(self, *words, engine=None, status=None) -> dict:
        result = (engine or self.engine).run("scan", "--json", *words)
        if status is not None:
            self.assertEqual(result.status, status, str(result))
        self.assertIn(result.status, (GOOD, FINDINGS), str(result))
        report = result.json()
        self.assert_schema(report)
        return report

    def assert_schema(self, report: dict) -> None:
        self.assertLessEqual({"findings", "days", "complete"}, set(report))
        for finding in report["findings"]:
            self.assertLessEqual(
                {"severity", "kind", "stream", "date", "file", "offset", "messages", "mend"}, set(finding))
            self.assertIn(finding["severity"], ("damage", "gap", "note"))
            self.assertTrue(finding["kind"] and finding["mend"] and finding["text"], finding)
        for day in report["days"]:
            self.assertEqual(set(day), {"stream", "date", "condition", "coverage", "messages"})

    def damage(self, report: dict) -> list[dict]:
        return [finding for finding in report["findings"] if finding["severity"] == "damage"]

    def flip(self, path: Path, place: int, bit: int = 0) -> None:
        data = bytearray(path.read_bytes())
        data[place] ^= 1 << bit
        path.write_bytes(data)

    def mend(self, finding: dict) -> None:
        """Runs the command as it is printed."""
        words = shlex.split(finding["mend"])
        self.assertEqual(words[0], "jejak", finding)
        done = self.engine.run(*[word for word in words[1:] if word not in ("--tape", "--store", str(self.engine.tape),
                                                                         str(self.engine.store))])
        self.assertEqual(done.status, GOOD, str(done))


class ScanFinds(ScanCase):
    def test_a_clean_tape(self):
        for level in ("quick", "full", "audit"):
            self.assertEqual(self.scan("--level", level, status=GOOD)["findings"], [])
        self.engine.ok("seal")
        self.engine.ok("replay")
        report = self.scan("--level", "audit", status=GOOD)
        self.assertEqual(self.damage(report), [])
        self.assertEqual([day["messages"] for day in report["days"]], [600, 300])
        self.engine.ok("prune", "--yes")
        self.assertEqual(self.damage(self.scan(status=GOOD)), [])
        text = self.engine.ok("scan").out.decode()
        self.assertTrue(text.splitlines()[-1].startswith("0 damage"), text)

    def test_a_flipped_bit_is_located_and_mended(self):
        self.flip(self.log, 5000)
        finding = self.damage(self.scan(status=FINDINGS))[0]
        self.assertEqual((finding["kind"], finding["stream"], finding["date"]), ("frame.checksum", "idx.trades", DAY))
        self.assertEqual(finding["file"], str(self.log))
        self.assertTrue(finding["offset"] <= 5000 < finding["offset"] + finding["size"], finding)
        self.assertEqual(finding["messages"][0], finding["messages"][1])
        line = self.engine.run("scan").out.decode().splitlines()[0]
        self.assertTrue(line.startswith("damage frame.checksum: ") and line.endswith(finding["mend"]), line)
        self.mend(finding)
        left = self.scan(status=GOOD)["findings"]
        self.assertEqual([row["kind"] for row in left if row["severity"] == "gap"], ["gap.lost"])
        self.assertEqual(left[0]["messages"], finding["messages"])
        self.scan("--fail-on", "gap", status=FINDINGS)
        cat = self.engine.run("cat", "--stream", "idx.trades", "--date", DAY)
        self.assertEqual(cat.status, FINDINGS)
        lost = finding["messages"][0]
        self.assertEqual(cat.out, joined(self.lines[:lost] + self.lines[lost + 1:]))
        self.assertIn("lost", cat.err)
        # The source is still known, and the day can be sealed, pruned, replayed and scanned.
        self.assertEqual(self.engine.put("idx.trades", "--date", DAY, self.folder / "one.txt")["appended"], 0)
        self.engine.ok("replay")
        hot = self.engine.digests()
        self.engine.ok("seal")
        self.engine.ok("prune", "--yes")
        self.engine.ok("replay")
        self.assertEqual(self.engine.digests(), hot)
        self.assertEqual(self.damage(self.scan("--level", "audit", status=GOOD)), [])

    def test_a_damaged_sealed_day_is_mended(self):
        self.engine.ok("seal")
        self.engine.ok("prune", "--yes")
        path = self.folder_of_day / "day.tape"
        self.flip(path, path.stat().st_size // 2)
        finding = self.damage(self.scan(status=FINDINGS))[0]
        self.assertEqual((finding["kind"], finding["file"]), ("block.hash", str(path)))
        self.assertIsNotNone(finding["block"])
        self.mend(finding)
        self.assertEqual(self.damage(self.scan(status=GOOD)), [])
        self.assertTrue(path.with_name("day.tape.damaged").exists())
        self.engine.ok("seal")
        self.assertEqual(self.damage(self.scan(status=GOOD)), [])

    def test_reports_and_seals_are_mended_by_sealing_again(self):
        self.engine.ok("seal")
        for name in ("day.json", "sanity-info.json"):
            path = self.folder_of_day / name
            whole = path.read_bytes()
            for data in (None, b"", b"{}", whole.replace(b"600", b"601")):
                if data is None:
                    path.unlink()
                else:
                    path.write_bytes(data)
                # Beside the segments that a seal replaces, one that is killed leaves no more than a file unmade.
                report = self.scan(status=GOOD if data is None else FINDINGS)
                finding = next(finding for finding in report["findings"] if finding["file"] == str(path))
                self.assertEqual(finding["severity"], "note" if data is None else "damage")
                self.mend(finding)
                self.assertEqual(path.read_bytes(), whole)
                self.assertEqual(self.damage(self.scan(status=GOOD)), [])
        self.engine.ok("prune", "--yes")
        for name in ("day.json", "sanity-info.json"):
            path = self.folder_of_day / name
            whole = path.read_bytes()
            path.unlink()
            self.mend(self.damage(self.scan(status=FINDINGS))[0])
            self.assertEqual(path.read_bytes(), whole)

    def test_a_store_that_deviates_is_named_and_mended(self):
        self.engine.ok("replay")
        other = self.new_engine()
        changed = [line.replace(b"|1|", b"|2|") for line in self.lines]
        lines = self.lines[:100] + self.lines[101:] + self.lines[100:101]
        other.put("idx.trades", "--date", DAY, self.write("other.txt", joined(lines[:-1] + [b"junk"])))
        other.put("idx.trades", "--date", NEXT, self.folder / "two.txt")
        other.ok("replay")
        self.assertNotEqual(changed, self.lines)
        shutil.rmtree(self.engine.store)
        shutil.copytree(other.store, self.engine.store)
        found = self.damage(self.scan("--level", "audit", status=FINDINGS))
        self.assertEqual({row["kind"] for row in found}, {"projection.deviates"})
        self.assertEqual({row["date"] for row in found}, {DAY})
        self.assertTrue(any(row["symbol"] for row in found), found)
        self.mend(found[0])
        self.assertEqual(self.damage(self.scan("--level", "audit", status=GOOD)), [])

    def test_random_damage_is_found_and_never_crashes(self):
        self.engine.ok("seal", "--date", DAY)
        pristine = self.folder / "pristine"
        shutil.copytree(self.engine.tape, pristine)
        rnd = random.Random(int(os.environ.get("JEJAK_SEED", "31")))
        files = [path.relative_to(pristine) for path in sorted(pristine.rglob("*"))
                 if path.is_file() and not path.name.endswith("lock") and path.name != "streams.json"]
        for number in range(int(os.environ.get("JEJAK_SCAN_DAMAGES", "60"))):
            name = rnd.choice(files)
            path = self.engine.tape / name
            data = bytearray((pristine / name).read_bytes())
            place, size = rnd.randrange(len(data)), rnd.choice((1, 8, 512, 4096))
            kind = rnd.choice(("flip", "zero", "noise", "cut", "copy", "gone"))
            if kind == "flip":
                data[place] ^= 1 << rnd.randrange(8)
            elif kind == "zero":
                data[place:place + size] = bytes(len(data[place:place + size]))
            elif kind == "noise":
                data[place:place + size] = rnd.randbytes(len(data[place:place + size]))
            elif kind == "cut":
                del data[place:]
            elif kind == "copy":
                other = rnd.randrange(len(data))
                data[place:place + size] = data[other:other + len(data[place:place + size])]
            what = f"damage {number}: {kind} {size} at {place} of {name}"
            with self.subTest(what):
                if kind == "gone":
                    path.unlink()
                else:
                    path.write_bytes(data)
                # A seal replaces the segments of its day; without one, the day is as if it was pruned.
                is_pruning = kind == "gone" and name.suffix == ".log" and name.parts[1] == DAY
                if not is_pruning and (kind == "gone" or data != (pristine / name).read_bytes()):
                    found = self.scan()["findings"]
                    self.assertTrue(found, what)
                    self.assertTrue(any(row["file"] == str(path) or row["date"] == name.parts[1] for row in found), what)
                path.write_bytes((pristine / name).read_bytes())


class ScanRuns(ScanCase):
    def units(self) -> int:
        return self.scan(status=GOOD)["units"]

    def test_slices_cover_everything_once(self):
        for count in (1, 2, 7, 168):
            seen = []
            for number in range(1, count + 1):
                report = self.scan("--level", "quick", "--subset", f"{number}/{count}", status=GOOD)
                seen += [(day["stream"], day["date"]) for day in report["days"]]
            self.assertEqual(sorted(seen), [("idx.trades", DAY), ("idx.trades", NEXT)])
        self.scan("--subset", "auto", status=GOOD)

    def test_a_boxed_scan_goes_on(self):
        self.flip(self.log, 5000)
        first = self.scan("--max-duration", "0s")
        self.assertFalse(first["complete"])
        self.assertEqual((first["done"], first["next"]), (0, "tape"))
        self.assertIn(b"--resume", self.engine.run("scan", "--max-duration", "0s").out)
        second = self.scan("--resume", status=FINDINGS)
        self.assertTrue(second["complete"])
        # What an earlier part has found is told again.
        self.assertEqual(self.scan("--resume", status=FINDINGS)["findings"], second["findings"])
        errors = self.scan("--errors-only", status=FINDINGS)
        self.assertEqual([day["date"] for day in errors["days"]], [DAY])
        self.mend(self.damage(errors)[0])
        self.scan("--errors-only", status=GOOD)

    def test_a_run_that_is_over_is_not_resumed(self):
        self.scan("--resume", status=GOOD)
        self.flip(self.log, 5000)
        self.scan("--resume", status=FINDINGS)

    def test_rules_can_be_configured(self):
        self.engine.ok("replay")
        kinds = {row["kind"] for row in self.scan()["findings"]}
        config = self.write("c.json", json.dumps({"scan": {"rules": {kind: {"enabled": False} for kind in kinds}}}).encode())
        self.assertTrue(kinds)
        self.assertEqual(self.scan("--config", config, status=GOOD)["findings"], [])
        config = self.write("d.json", b'{"scan": {"rules": {"no.such": {}}}}')
        self.engine.refused("scan", "--config", config, status=USAGE)

    def test_words(self):
        for words in (("--level", "deep"), ("--subset", "0/3"), ("--subset", "4/3"), ("--subset", "x"),
                      ("--max-duration", "10"), ("--fail-on", "damage"), ("--from", NEXT, "--to", DAY),
                      ("--date", DAY, "--from", DAY), ("word",)):
            self.engine.refused("scan", *words, status=USAGE)
        self.engine.refused("scan", "--stream", "no.such", status=FAILED)
        self.new_engine().refused("scan", status=FAILED)
        self.engine.refused("salvage", "--stream", "idx.trades", status=USAGE)
        self.engine.refused("salvage", "--stream", "idx.trades", "--date", "2026-03-02", status=USAGE)


class SalvageRuns(ScanCase):
    def test_a_dry_run_and_a_copy_change_nothing(self):
        self.flip(self.log, 5000)
        before = {path: path.read_bytes() for path in self.engine.tape.rglob("*") if path.is_file()}
        report = self.engine.ok("salvage", "--stream", "idx.trades", "--date", DAY, "--json").json()
        self.assertEqual((report["needed"], report["done"], len(report["lost"])), (True, False, 1))
        out = self.folder / "saved.txt"
        self.engine.ok("salvage", "--stream", "idx.trades", "--date", DAY, "--out", out)
        lost = report["lost"][0][0]
        self.assertEqual(out.read_bytes(), joined(self.lines[:lost] + self.lines[lost + 1:]))
        self.assertEqual({path: path.read_bytes() for path in before}, before)
        self.assertIn(b"nothing to salvage", self.engine.ok("salvage", "--stream", "idx.trades", "--date", NEXT).out)

    def test_killed_at_any_time(self):
        engine = self.new_engine()
        engine.put("idx.trades", "--date", DAY, self.write("big.txt", joined(market.day20(23, 60_000))))
        log = next((engine.tape / "idx.trades" / DAY).glob("*.log"))
        self.flip(log, 5000)
        pristine = self.folder / "big"
        shutil.copytree(engine.tape, pristine)
        words = ("salvage", "--stream", "idx.trades", "--date", DAY, "--yes")
        started = time.monotonic()
        engine.ok(*words)
        span, expected = time.monotonic() - started, engine.run("cat", "--stream", "idx.trades", "--date", DAY).out
        rnd = random.Random(32)
        for _ in range(int(os.environ.get("JEJAK_SALVAGE_KILLS", "12"))):
            shutil.rmtree(engine.tape)
            shutil.copytree(pristine, engine.tape)
            for _ in range(2):
                process = engine.start(*words)
                time.sleep(rnd.uniform(0, span))
                process.send_signal(signal.SIGKILL)
                end(process)
            engine.ok(*words)
            self.assertEqual(engine.run("cat", "--stream", "idx.trades", "--date", DAY).out, expected)
            report = engine.ok("scan", "--json").json()
            self.assertEqual([row["kind"] for row in report["findings"]], ["gap.lost"])
