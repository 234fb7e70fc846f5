"""The kill tests can fail: they find every bug that is planted in a toy, and none where there is none."""

import os
import unittest
from pathlib import Path
from unittest import mock

import test_kill


class KillTestsFindPlantedBugs(unittest.TestCase):
    def story(self, bug: str) -> str:
        """What the kill test has to say of a toy with this bug; empty where it found nothing."""
        toy = type("KillToy", (test_kill.KillSixFields,), {
            "binary": Path(__file__).with_name("toy_tape.py"), "kills": 40, "count": 12_000, "quiet": True,
            "__module__": __name__})
        result = unittest.TestResult()
        with mock.patch.dict(os.environ, {"TOY_BUG": bug}):
            toy("test_no_acknowledged_message_is_lost_and_none_is_doubled").run(result)
        self.assertEqual(result.testsRun, 1)
        return "".join(text for _, text in result.failures + result.errors)

    def test_none_where_there_is_none(self):
        self.assertEqual(self.story(""), "")

    def test_acknowledged_before_written(self):
        self.assertIn("acknowledged messages are gone", self.story("early"))

    def test_doubled_after_a_restart(self):
        self.assertIn("AssertionError", self.story("double"))  # at a kill, or when the import completes

    def test_a_torn_tail_left_in_place(self):
        self.assertIn("AssertionError", self.story("torn"))  # likewise


if __name__ == "__main__":
    unittest.main()
