"""The tapes that the first release wrote are read by this one, byte for byte and with the same digest."""

import hashlib
import shutil
import unittest

from support import ROOT, EngineCase
from tape_reader import SealedDay

DAY = "2026-02-10"
FIXTURES = ROOT / "Tests" / "Fixtures" / "tape" / "v1"
CONTENT = {
    "idx.trades": "37dd3551ea3a8ede51959bbf06a02313fcea929fc26b520c90ecf0ebe9c27bf6",
    "idx.broksum": "587b3569821becaf1ccca931707efad48cc86d588c0cd7ed000a0a7d0b2d323f",
    "idx.book": "5d72bda786cf8df8aa3f26ac1a2478a581797f3337645a2523502df57b88b92d",
}
FOOTPRINT = "582bb36fcdadb94cb8eb3363f2f5232391b8c47ff65fcc2be569ab2b4c3996b2"

FRAMES = "a7f2a705dddd323b3860c93cf9988eb8214a3ce7a6d1bfb6853bb2540454ce08"
FRAMES_FOOTPRINT = "adca41a1d3cb7eda8e2828ae8e1c7f41f324ccc197a265f1aeee17b3f14804ff"

BOOKS = {
    "demo.book": (6, "de667578d7b0a23cf8232f6080c8844a71bd732d81621d422f5f686ddc3b073a"),
    "stockbit.book": (7, "b5d34649e348ec6c726dd268903a37c4b864fed6f25b2cd569abf662e31447a0"),
    "idx.book": (7, "5dd232bc548bf3ed04cee23bafd39071f2b76336be286b47b4c06412b330098b"),
}
BOOKS_DIGEST = "40a4e0cfddad98142b2938544b87e2b58308c6b471129de61d5ca5dfde3819d3"


class Golden(EngineCase):
    def test_the_first_release_is_read(self):
        for form in ("hot", "sealed"):
            with self.subTest(form=form):
                engine = self.new_engine()
                shutil.copytree(FIXTURES / form, engine.tape, dirs_exist_ok=True)
                for stream, expected in CONTENT.items():
                    content = engine.cat(stream, DAY)
                    self.assertEqual(hashlib.sha256(content).hexdigest(), expected, stream)
                report = engine.ok("replay", "--json").json()
                self.assertEqual(report["digests"]["footprint@1"], {DAY: FOOTPRINT})

    def test_its_frames_are_read(self):
        for form in ("hot", "sealed"):
            with self.subTest(form=form):
                engine = self.new_engine()
                shutil.copytree(FIXTURES / "frames" / form, engine.tape, dirs_exist_ok=True)
                self.assertEqual(hashlib.sha256(engine.cat("ipot.wire", DAY)).hexdigest(), FRAMES)
                report = engine.ok("replay", "--json").json()
                self.assertEqual(report["digests"]["footprint@1"], {DAY: FRAMES_FOOTPRINT})
                self.assertEqual((report["trades"], report["duplicates"], report["undecodable"]), (618, 1, 2))
        sealed = SealedDay((FIXTURES / "frames/sealed/ipot.wire" / DAY / "day.tape").read_bytes())
        self.assertEqual(hashlib.sha256(sealed.text()).hexdigest(), FRAMES)
        self.assertEqual({block.codec for block in sealed.blocks}, {5})

    def test_its_order_books_are_read(self):
        for form in ("hot", "sealed"):
            with self.subTest(form=form):
                engine = self.new_engine()
                shutil.copytree(FIXTURES / "books" / form, engine.tape, dirs_exist_ok=True)
                for stream, (_, expected) in BOOKS.items():
                    self.assertEqual(hashlib.sha256(engine.cat(stream, DAY)).hexdigest(), expected, stream)
                report = engine.ok("replay", "--json").json()
                self.assertEqual(report["digests"]["book@1"], {DAY: BOOKS_DIGEST})
        for stream, (codec, expected) in BOOKS.items():
            sealed = SealedDay((FIXTURES / "books/sealed" / stream / DAY / "day.tape").read_bytes())
            self.assertEqual(hashlib.sha256(sealed.text()).hexdigest(), expected, stream)
            self.assertEqual({block.codec for block in sealed.blocks}, {codec})

    def test_the_first_release_can_be_continued(self):
        for form in ("hot", "sealed"):
            with self.subTest(form=form):
                engine = self.new_engine()
                shutil.copytree(FIXTURES / form, engine.tape, dirs_exist_ok=True)
                before = engine.cat("idx.trades", DAY)
                counts = engine.put("idx.trades", "--date", DAY, self.write(f"{form}/same", before))
                self.assertEqual((counts["appended"], counts["already_there"]), (0, before.count(b"\n")))
                engine.put("idx.trades", "--date", DAY, self.write(f"{form}/late", b"late\n"))
                self.assertEqual(engine.cat("idx.trades", DAY), before + b"late\n")
                engine.ok("seal", "--date", DAY)
                engine.ok("prune", "--date", DAY, "--yes")
                self.assertEqual(engine.cat("idx.trades", DAY), before + b"late\n")


if __name__ == "__main__":
    unittest.main()
