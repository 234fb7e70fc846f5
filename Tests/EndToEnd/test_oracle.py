"""The oracle proves itself: worked examples by hand, and invariants on the real data."""

import unittest
from datetime import date
from decimal import Decimal

import market
import oracle
from support import SHARED, needs_data, unzstd

DAY = date(2026, 2, 10)


def line20(second="090000", name="BBCA", board="RG", sequence="00000001", price="9575", lots="10", hit="00", lifted="00"):
    return (
        f"B|{second}|0|{name}|{board}|{sequence}|{price}|{lots}|--|-|--|-|9500|{hit}|{lifted}|75|0|9575|0|1"
    ).encode()


class OracleByHand(unittest.TestCase):
    def test_a_minute_worked_out_on_paper(self):
        answer = oracle.footprint(
            [
                line20("143025", sequence="12", price="9575", lots="150", lifted="777"),  # lifted: buyer
                line20("143059", sequence="14", price="9550", lots="20", hit="888"),  # hit: seller
                line20("143000", sequence="10", price="9600", lots="5"),  # neither: not known
                line20("143030", sequence="13", price="9575", lots="1", hit="1", lifted="2"),  # both: not known
                line20("143100", sequence="15", price="9500", lots="7", hit="9"),  # the next minute
            ],
            DAY,
        )
        first, second = answer.candles
        # 2026-02-10 14:30:00 WIB; PROJECTIONS "Time" gives 14:30:25 as 1770708625000.
        self.assertEqual(first["t0"], 1770708625000 - 25000)
        self.assertEqual(second["t0"], first["t0"] + 60000)
        self.assertEqual(first["ohlc"], {"o": 9600, "h": 9600, "l": 9550, "c": 9550})
        self.assertEqual((first["vol"], first["delta"], first["trades"]), (176, 130, 4))
        self.assertEqual(first["value"], (9575 * 151 + 9550 * 20 + 9600 * 5) * 100)
        self.assertEqual(
            first["levels"],
            [
                {"p": 9550, "bv": 0, "av": 20, "uv": 0, "n": 1},
                {"p": 9575, "bv": 150, "av": 0, "uv": 1, "n": 2},
                {"p": 9600, "bv": 0, "av": 0, "uv": 5, "n": 1},
            ],
        )

    def test_six_fields_have_their_own_date_and_are_never_dropped(self):
        line = b"20260209|090000|BBCA|9575|150|B"
        answer = oracle.footprint([line, line, b"20260209|090001|BBCA|9575|2|S|more|fields", b"20260209|090002|BBCA|9575|3|X"], DAY)
        (candle,) = answer.candles
        self.assertEqual(candle["t0"], market.milliseconds(date(2026, 2, 9), 9 * 3600))
        self.assertEqual(candle["levels"], [{"p": 9575, "bv": 300, "av": 2, "uv": 3, "n": 4}])
        self.assertEqual((answer.trades, answer.duplicates), (4, 0))

    def test_only_an_equal_sequence_of_the_same_symbol_is_a_duplicate(self):
        answer = oracle.footprint(
            [
                line20(sequence="7"),
                line20(sequence="00000007"),  # the same number in another width
                line20(sequence="7", lots="11"),  # other content: a conflict, the first is kept
                line20(sequence="7", name="BBRI"),  # another symbol
                line20(sequence="8"),  # an equal twin with its own number
            ],
            DAY,
        )
        self.assertEqual((answer.trades, answer.duplicates, answer.conflicts), (3, 1, 1))
        self.assertEqual([candle["vol"] for candle in answer.candles], [20, 10])

    def test_only_the_regular_board_is_folded(self):
        answer = oracle.footprint([line20(board=board, sequence=str(i)) for i, board in enumerate(oracle.BOARDS)], DAY)
        self.assertEqual((answer.trades, answer.candles[0]["trades"]), (3, 1))

    def test_a_trade_without_a_sequence_puts_its_candle_in_tape_order(self):
        late = [line20(sequence="9", price="9600"), line20(sequence="8", price="9500")]
        self.assertEqual(oracle.footprint(late, DAY).candles[0]["ohlc"]["o"], 9500)
        mixed = [*late, b"20260210|090030|BBCA|9550|1|B"]
        self.assertEqual(oracle.footprint(mixed, DAY).candles[0]["ohlc"], {"o": 9600, "h": 9600, "l": 9500, "c": 9550})

    def test_an_envelope_is_decoded_and_its_stale_trades_are_left_out(self):
        nine = market.milliseconds(DAY, 9 * 3600)
        folded = market.envelope(line20(sequence="1"), nine - 60000)
        stale = market.envelope(line20(sequence="2"), nine - 60001)
        answer = oracle.footprint([folded, stale, b'{"v":2,"fmt":"pipe","raw":"?","ts":1}', b'{"raw":1}', b"{"], DAY)
        self.assertEqual((answer.trades, answer.stale, answer.undecodable), (1, 1, 3))
        self.assertEqual(answer.candles[0]["trades"], 1)
        self.assertEqual(oracle.footprint([folded]).candles, answer.candles, "the day may come from the receive time")

    def test_decimals_are_exact_and_excess_digits_are_refused(self):
        answer = oracle.footprint(
            [b"20240809|065415|BTCUSDT|61837.63|0.00000001|B", b"20240809|065415|BTCUSDT|61837.63|0.000000001|B"],
            scales=(8, 8), lot=1,
        )
        self.assertEqual((answer.trades, answer.undecodable), (1, 1))
        self.assertEqual(answer.candles[0]["value"], 6183763000000)
        self.assertEqual(oracle.decimal_to_int("0.1", 8), 10_000_000)

    def test_what_is_no_trade_is_undecodable(self):
        good = line20()
        bad = [
            b"", b"|", b"hello", b"\xff\xfe", good[1:], good + b"|1", good.rsplit(b"|", 1)[0],
            good.replace(b"090000", b"250000"), good.replace(b"9575|10", b"95x5|10"),
            good.replace(b"|RG|", b"|??|"), good.replace(b"00000001", b"-1"), good.replace(b"BBCA", b""),
            good.replace(b"BBCA", b"B CA"), good.replace(b"BBCA", b"ABCDEFGHIJKLMNOPQ"),
            b"20260230|090000|BBCA|1|1|B", b"20260210|090060|BBCA|1|1|B", b"20260210|090000|BBCA|1|1",
            b"20260210|090000|BBCA|1.5|1|B", b"20260210|090000|BBCA|-1|1|B",
        ]
        answer = oracle.footprint(bad, DAY)
        self.assertEqual((answer.undecodable, answer.trades), (len(bad), 0))

    def test_an_exported_line_is_read_exactly(self):
        text = (
            '{"t":"X","t0":0,"ohlc":{"o":0.1,"h":0.1,"l":0.1,"c":0.1},"vol":0.00000003,"delta":-0.00000001,'
            '"levels":[{"p":0.1,"bv":0.00000001,"av":0.00000002,"uv":0,"n":2}],"trades":2,"value":0.000000003,"ph":"c"}'
        )
        row = oracle.read_exported(text, (8, 8))
        self.assertEqual((row["ohlc"]["o"], row["vol"], row["delta"], row["value"]), (10**7, 3, -1, 3 * 10**7))
        with self.assertRaises(ValueError):
            oracle.read_exported(text.replace('"vol":0.00000003', '"vol":0.000000031'), (8, 8))


class OracleInvariants(unittest.TestCase):
    """What PROJECTIONS §2 promises of every candle, on the oracle's own answers."""

    def assert_invariants(self, answer: oracle.Answer) -> None:
        self.assertTrue(answer.candles)
        for candle in answer.candles:
            levels, ohlc = candle["levels"], candle["ohlc"]
            self.assertEqual(candle["vol"], sum(x["bv"] + x["av"] + x["uv"] for x in levels))
            self.assertEqual(candle["delta"], sum(x["bv"] - x["av"] for x in levels))
            self.assertEqual(candle["trades"], sum(x["n"] for x in levels))
            self.assertEqual([ohlc["l"], ohlc["h"]], [levels[0]["p"], levels[-1]["p"]])
            self.assertTrue(ohlc["l"] <= ohlc["o"] <= ohlc["h"] and ohlc["l"] <= ohlc["c"] <= ohlc["h"])
            self.assertEqual([x["p"] for x in levels], sorted({x["p"] for x in levels}))

    def test_made_up_market(self):
        answer = oracle.footprint(market.day20(1, 5000), DAY)
        self.assertEqual((answer.trades, answer.undecodable, answer.duplicates), (5000, 0, 0))
        self.assert_invariants(answer)

    def test_order_of_arrival_does_not_matter_where_there_is_a_sequence(self):
        lines = market.day20(2, 3000)
        expected = oracle.footprint(lines, DAY).candles
        self.assertEqual(oracle.footprint(sorted(lines), DAY).candles, expected)
        mixed = market.shuffle_across_symbols(lines, 3, seed=3)
        self.assertEqual(sorted(mixed), sorted(lines))
        self.assertNotEqual(mixed, lines)
        self.assertEqual(oracle.footprint(mixed, DAY).candles, expected)

    def test_six_fields_may_be_mixed_across_symbols_only(self):
        lines = market.day6(4, 3000, DAY)
        expected = oracle.footprint(lines).candles
        self.assertEqual(oracle.footprint(market.shuffle_across_symbols(lines, 2, seed=5)).candles, expected)
        self.assertNotEqual(oracle.footprint(lines[::-1]).candles, expected)

    @needs_data
    def test_real_idx_lines(self):
        for day, count in (("2026-02-20", 1196), ("2026-01-08", 50)):
            lines = (SHARED / f"idx_lt_{day}.txt").read_bytes().splitlines()
            answer = oracle.footprint(lines, date.fromisoformat(day))
            self.assertEqual((answer.trades, answer.undecodable, answer.duplicates), (count, 0, 0))
            self.assert_invariants(answer)
        # The data's README: 688 of the 1,196 lines of the first file are without a side.
        sides = [oracle.decode(line, DAY).side for line in (SHARED / "idx_lt_2026-02-20.txt").read_bytes().splitlines()]
        self.assertEqual({side: sides.count(side) for side in set(sides)}, {"uv": 688, "av": 258, "bv": 250})

    @needs_data
    def test_real_crypto_trades(self):
        lines = unzstd(SHARED / "crypto_spot_trades.ipot.zst").splitlines()
        answer = oracle.footprint(lines, scales=(8, 8))
        self.assertEqual((answer.trades, answer.undecodable), (34419, 0))
        self.assert_invariants(answer)
        bought = sum(Decimal(line.split(b"|")[4].decode()) for line in lines if line.endswith(b"|B"))
        self.assertEqual(sum(level["bv"] for c in answer.candles for level in c["levels"]), bought.scaleb(8))


if __name__ == "__main__":
    unittest.main()
