"""`kill -9` at any moment loses no acknowledged message, and the work can be taken up again.

JEJAK_KILLS sets the number of kills per class; the default makes more than 200 in all.
"""

import collections
import os
import random
import signal
import time
import unittest
from datetime import date, timedelta
from pathlib import Path

import market
from support import EngineCase, Engine, compressed, end, joined

DAY = date(2026, 2, 10)


class KillCase(EngineCase):
    kills = int(os.environ.get("JEJAK_KILLS", "120"))
    count = 150_000
    quiet = False

    def import_words(self, path: Path) -> tuple:
        return ("import", "--stream", "idx.trades", "--date", str(DAY), "--acks", path)

    def acks(self, process) -> list[int]:
        """What the process had said in whole lines when it ended."""
        whole = process.stdout.read().decode().split("\n")[:-1]
        return [int(line[4:]) for line in whole if line.startswith("ACK ")]

    def kill_import(self, engine: Engine, path: Path, acks_awaited: int, wait: float) -> tuple[bool, int]:
        """Starts an import and kills it; says whether it was still running and the highest acknowledgement."""
        process = engine.start(*self.import_words(path))
        said = []
        while len(said) < acks_awaited:
            line = process.stdout.readline()
            if not line.endswith(b"\n"):
                break  # it has ended by itself
            if line.startswith(b"ACK "):
                said.append(int(line[4:]))
        if wait:
            time.sleep(wait)
        running = process.poll() is None
        process.send_signal(signal.SIGKILL)
        said += self.acks(process)
        status = process.wait()
        error = process.stderr.read().decode()
        end(process)
        self.assertIn(status, (0, -signal.SIGKILL), error)
        return running, max(said, default=0)

    def day_of(self, line: bytes) -> str:
        """The trading day that a line belongs to."""
        return str(DAY)

    def assert_kept(self, engine: Engine, lines: list[bytes], acked: int, when: str) -> bool:
        """Every acknowledged message is there, and what is there is the source's beginning, day by day."""
        expected = self.by_day(lines)
        result = engine.run("cat", "--stream", "idx.trades", "--from-date", min(expected), "--to-date", max(expected))
        if acked or result.out:
            self.assertEqual(result.status, 0, f"{when}: {result}")
        self.assertTrue(not result.out or result.out.endswith(b"\n"))
        kept = self.by_day(result.out.split(b"\n")[:-1])
        self.assertLessEqual(set(kept), set(expected))
        promised = collections.Counter(map(self.day_of, lines[:acked]))
        for day, whole in expected.items():
            there = kept.get(day, [])
            self.assertTrue(whole[: len(there)] == there, f"{when}: {day} is no beginning of the source")
            self.assertGreaterEqual(len(there), promised[day], f"{when}: acknowledged messages are gone from {day}")
        return sum(map(len, kept.values())) == len(lines)

    def by_day(self, lines: list[bytes]) -> dict[str, list[bytes]]:
        days: dict[str, list[bytes]] = {}
        for line in lines:
            days.setdefault(self.day_of(line), []).append(line)
        return days

    def kill_until_done(self, lines: list[bytes], suffix: str = "") -> None:
        path = self.write(f"source{suffix}", compressed(joined(lines), suffix))
        started = time.monotonic()
        self.engine.ok(*self.import_words(path))
        import_time = time.monotonic() - started
        started = time.monotonic()
        self.engine.ok(*self.import_words(path))  # all of it is there: start-up, recovery, skipping
        known_time = time.monotonic() - started
        self.engine.replay()
        expected = self.engine.digests()
        footprints = sum(key.startswith("footprint 1 ") for key in expected)
        self.assertEqual(footprints, len(set(map(self.day_of, lines))))

        rnd = random.Random(int(os.environ.get("JEJAK_SEED", "1")))
        kills = early = completed = 0
        engine, acked = self.new_engine(), 0
        while kills < self.kills or acked:
            # Half of the kills fall into the start: opening, recovery, skipping what is known. A quarter
            # falls right behind an acknowledgement, when what is acknowledged too early is still on its way.
            is_early = early <= kills // 2
            if is_early:
                awaited, wait = 0, rnd.uniform(0, known_time)
            elif rnd.random() < 0.5:
                awaited, wait = rnd.randrange(1, 10), 0.0
            else:
                awaited, wait = 1, rnd.uniform(0, import_time * 0.7)
            running, said = self.kill_import(engine, path, awaited, wait)
            acked = max(acked, said)
            if running:
                kills, early = kills + 1, early + is_early
            complete = self.assert_kept(engine, lines, acked, f"kill {kills}")

            if not running or complete or kills >= self.kills or rnd.random() < 0.04:
                engine.ok(*self.import_words(path))
                self.assertTrue(self.assert_kept(engine, lines, len(lines), f"import after kill {kills}"))
                counts = engine.put("idx.trades", "--date", str(DAY), path)
                self.assertEqual((counts["appended"], counts["already_there"]), (0, len(lines)))
                engine.replay()
                self.assertEqual(engine.digests(), expected)
                engine, acked, completed = self.new_engine(), 0, completed + 1
        if not self.quiet:
            print(f"{type(self).__name__}: {kills} kills, {early} of them early, {completed} imports completed")


class KillTwentyFields(KillCase):
    def test_no_acknowledged_message_is_lost(self):
        self.kill_until_done(market.day20(31, self.count))


class KillSixFields(KillCase):
    """Lines without a sequence number, many of them equal: what is doubled would stay doubled."""

    def test_no_acknowledged_message_is_lost_and_none_is_doubled(self):
        lines = market.day6(32, self.count // 2, DAY, ["BBCA", "BBRI"])
        self.kill_until_done([line for line in lines for _ in range(2)])


class KillManyDays(KillCase):
    """Groups that touch many days at once: a kill may leave some of them written and others not."""

    kills = KillCase.kills // 4
    count = 40_000

    def day_of(self, line: bytes) -> str:
        return f"{line[:4].decode()}-{line[4:6].decode()}-{line[6:8].decode()}"

    def lines_of_days(self, days: int) -> list[bytes]:
        rnd = random.Random(34)
        first = date(2026, 1, 5)
        rows = market.trades(33, self.count // 2, ["BBCA", "BBRI"])
        lines = [market.line6(row, first + timedelta(rnd.randrange(days))) for row in rows]
        return [line for line in lines for _ in range(2)]

    def test_a_few_days(self):
        self.kill_until_done(self.lines_of_days(5))

    def test_more_days_than_files_stay_open(self):
        self.kill_until_done(self.lines_of_days(70))


class KillCompressed(KillCase):
    kills = KillCase.kills // 3

    def test_no_acknowledged_message_is_lost(self):
        self.kill_until_done(market.day20(35, self.count), ".gz")


class KillPolitely(KillCase):
    """SIGINT and SIGTERM stop an import at a whole message, and it goes on where it stopped."""

    def test_an_interrupted_import_goes_on(self):
        lines = [line for line in market.day6(36, self.count // 6, DAY, ["BBCA", "BBRI"]) for _ in range(2)]
        path = self.write("source.txt", joined(lines))
        rnd = random.Random(int(os.environ.get("JEJAK_SEED", "1")))
        for round_number in range(12):
            engine, acked = self.new_engine(), 0
            for _ in range(5):
                process = engine.start(*self.import_words(path))
                first = process.stdout.readline()
                time.sleep(rnd.uniform(0, 0.01))
                process.send_signal(rnd.choice((signal.SIGINT, signal.SIGTERM)))
                said = self.acks(process)
                status = process.wait(timeout=60)
                error = process.stderr.read().decode()
                end(process)
                self.assertIn(status, (0, 130, 143, -signal.SIGTERM), error)
                self.assertLessEqual(len(error.splitlines()), 1, error)
                acked = max([acked, int(first[4:] or 0), *said])
                self.assert_kept(engine, lines, acked, f"round {round_number}")
            counts = engine.put("idx.trades", "--date", str(DAY), path)
            self.assertEqual(counts["appended"] + counts["already_there"], len(lines))
            self.assertTrue(self.assert_kept(engine, lines, len(lines), f"round {round_number}, completed"))


class KillReplay(KillCase):
    """Rows and checkpoint are one transaction: a killed replay leaves nothing half done."""

    def test_a_killed_replay_is_taken_up_again(self):
        days = [date(2026, 2, n) for n in (9, 10, 11, 12)]
        for day in days:
            path = self.write(f"{day}.txt", joined(market.day20(day.day, 40_000)))
            self.engine.put("idx.trades", "--date", str(day), path)
        started = time.monotonic()
        self.engine.replay()
        replay_time = time.monotonic() - started
        expected = self.engine.digests()
        candles = self.engine.ok("export", "footprint").out

        rnd = random.Random(3)
        for round_number in range(10):
            other = Engine(self, self.engine.tape, self.folder / f"store-{round_number}")
            for _ in range(4):
                process = other.start("replay", "--threads", rnd.choice("12"))
                time.sleep(rnd.uniform(0, replay_time))
                process.send_signal(signal.SIGKILL)
                end(process)
            other.replay()
            self.assertEqual(other.digests(), expected)
            self.assertEqual(other.ok("export", "footprint").out, candles)


if __name__ == "__main__":
    unittest.main()
