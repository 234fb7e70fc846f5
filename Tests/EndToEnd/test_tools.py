"""The gate's own checks are checked: what they are there to find, they find."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support import ROOT

CHECK = ROOT / "Tools" / "check-imports"


class CheckImports(unittest.TestCase):
    """A package of a few files in the shape of ours, with one fault planted at a time."""

    TARGETS = {
        "CLMDB": ("system", []),
        "Market": ("regular", []),
        "Feed": ("regular", ["Market"]),
        "Platform": ("regular", []),
        "Tape": ("regular", ["Platform"]),
        "Store": ("regular", ["Market", "CLMDB"]),
        "TapeTests": ("test", ["Tape"]),
    }
    SOURCES = {
        "Sources/Market/Price.swift": "public struct Price {}\n",
        "Sources/Feed/Decoder.swift": "// import Foundation\n/*\nimport Foundation\n*/\npublic import Market\n",
        "Sources/Platform/Clock.swift": "import Foundation\n#if canImport(Glibc)\n    import Glibc\n#endif\n",
        "Sources/Tape/Frame.swift": "import struct Platform.Clock\n",
        "Sources/Store/Table.swift": "internal import CLMDB\nimport Market\n",
        "Sources/CLMDB/module.modulemap": "",
        "Tests/TapeTests/FrameTests.swift": "import Testing\n@testable import Tape\n",
    }

    def findings(self, changes: dict[str, str] = {}, arrows: dict[str, list[str]] = {}) -> list[str]:
        folder = Path(tempfile.mkdtemp(prefix="jejak-test-"))
        self.addCleanup(shutil.rmtree, folder)
        for name, text in {**self.SOURCES, **changes}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        manifest = {
            "targets": [
                {
                    "name": name,
                    "type": kind,
                    "dependencies": [{"byName": [other, None]} for other in arrows.get(name, dependencies)],
                }
                for name, (kind, dependencies) in self.TARGETS.items()
            ]
        }
        (folder / "manifest.json").write_text(json.dumps(manifest))
        done = subprocess.run(
            [sys.executable, str(CHECK), "--package", str(folder), "--manifest", str(folder / "manifest.json")],
            stderr=subprocess.PIPE, text=True, check=False)
        lines = done.stderr.splitlines()
        self.assertEqual(done.returncode, 1 if lines else 0)
        return lines

    def assert_finds(self, text: str, **planted) -> None:
        lines = self.findings(**planted)
        self.assertEqual(len(lines), 1, lines)
        self.assertIn(text, lines[0])

    def test_nothing_in_a_good_package(self):
        self.assertEqual(self.findings(), [])

    def test_an_undeclared_import(self):
        for line in ("import Platform", "@testable import Platform", "public import Platform", "  import struct Platform.Clock",
                     "@_exported import Platform", "@preconcurrency private import Platform"):
            self.assert_finds("Sources/Store/New.swift:2", changes={"Sources/Store/New.swift": f"\n{line}\n"})

    def test_a_pure_module_that_looks_outside(self):
        for module in ("Foundation", "Glibc", "Dispatch", "FoundationEssentials"):
            self.assert_finds(f"Feed is pure and imports {module}", changes={"Sources/Feed/New.swift": f"import {module}\n"})
        self.assert_finds("Feed is pure and must not depend on Platform", arrows={"Feed": ["Market", "Platform"]})

    def test_a_c_library_in_the_wrong_module(self):
        self.assert_finds("Tape depends on CLMDB, which belongs to Store", arrows={"Tape": ["Platform", "CLMDB"]})
        self.assert_finds("Tape imports CLMDB", changes={"Sources/Tape/New.swift": "import CLMDB\n"})

    def test_a_module_that_nobody_declares(self):
        self.assert_finds("imports NIO", changes={"Sources/Tape/New.swift": "import NIO\n"})
        self.assert_finds("Tape imports Testing", changes={"Sources/Tape/New.swift": "import Testing\n"})

    def test_a_cycle(self):
        self.assert_finds("go round", arrows={"Platform": ["Tape"]})

    def test_our_own_package(self):
        done = subprocess.run([sys.executable, str(CHECK)], stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
