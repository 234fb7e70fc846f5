"""What the benchmarks share: processes with their seconds, the machine, where figures are kept."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
JEJAK = os.environ.get("JEJAK") or str(ROOT / ".build" / "release" / "jejak")


class Timed:
    """A finished process with its wall and processor seconds."""

    def __init__(self, command: list[str]):
        started = time.perf_counter()
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(command, stdout=out)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            self.out = out.read()
        self.cpu = usage.ru_utime + usage.ru_stime
        self.rss_mb_max = usage.ru_maxrss / 1024
        if process.returncode != 0:
            raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")

    def json(self) -> dict:
        return json.loads(self.out.splitlines()[-1])


def jejak(*words: object) -> Timed:
    return Timed([JEJAK, *map(str, words)])


def machine() -> dict:
    text = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", text)
    swift = subprocess.run(["swift", "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return {
        "processor": model.group(1) if model else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "kernel": platform.release(),
        "compiler": (swift.stdout.splitlines() or ["unknown"])[0],
    }


def folder_size(path: Path) -> int:
    return sum(item.stat().st_blocks * 512 for item in path.rglob("*") if item.is_file())


def keep(report: dict) -> Path:
    """Writes a report to Benchmarks/Results/<date>-<machine>/<benchmark>.json; where that is."""
    name = re.sub(r"[^a-z0-9]+", "-", f"{report['processor']} {report['cores']}c".lower()).strip("-")
    path = ROOT / "Benchmarks" / "Results" / f"{report['date']}-{name}" / f"{report['benchmark']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n")
    return path.relative_to(ROOT)
