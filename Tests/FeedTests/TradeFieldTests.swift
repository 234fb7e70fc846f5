import Market
import Testing

@testable import Feed

@Suite("Fields of trade lines")
struct TradeFieldTests {
    private let sample = "B|152735|0|PTRO|RG|01660795|5025|789|--|-|--|-|5100|00|4479700|-75|0|5095|-1|1"
    private let older = "20260210|090002|ADRO|2210|15|S"

    @Test("the line of PROTOCOLS §1.5 is a buyer's trade of 789 lots at 5,025")
    func sampleLine() {
        let expected = PlainTrade(
            price: 5025, quantity: 789, sequence: 1_660_795, second: 15 * 3600 + 27 * 60 + 35,
            symbol: Array("PTRO".utf8), side: .buy)
        #expect(SingleDecoder().decode(sample) == .trade(expected))
        #expect(SingleDecoder().decode(sample + "\r") == .trade(expected))
    }

    @Test("a line of six fields is a seller's trade without sequence on the regular board")
    func olderLine() {
        let expected = PlainTrade(
            price: 2210, quantity: 15, second: 9 * 3600 + 2, symbol: Array("ADRO".utf8), side: .sell)
        #expect(SingleDecoder().decode(older) == .trade(expected))
        #expect(SingleDecoder().decode(older + "|and|more|") == .trade(expected))
        #expect(SingleDecoder().decode(older + "\r") == .trade(expected))
    }

    @Test("field 13 filled is a seller, field 14 a buyer, both or neither is unknown")
    func sides() {
        for seller in ["00", "", "0", "000", "72596", "-"] {
            for buyer in ["00", "", "0", "000", "72596", "-"] {
                let isSeller = seller != "00" && seller != ""
                let isBuyer = buyer != "00" && buyer != ""
                let side: Side = isSeller == isBuyer ? .unknown : isBuyer ? .buy : .sell
                #expect(trade(replacing: [13: seller, 14: buyer])?.side == side, "\(seller) \(buyer)")
            }
        }
    }

    @Test("the side of six fields is B or S, and anything else is unknown")
    func olderSides() {
        for (text, side) in [
            ("B", Side.buy), ("S", .sell), ("", .unknown), ("b", .unknown), ("BB", .unknown),
        ] {
            guard case .trade(let trade) = SingleDecoder().decode("20260210|090002|ADRO|2210|15|" + text)
            else {
                Issue.record("side \(text) made the line undecodable")
                continue
            }
            #expect(trade.side == side)
        }
    }

    @Test("of all two-letter boards RG, TN and NG are boards")
    func boards() {
        let letters = (0x41...0x5A).map { String(UnicodeScalar(UInt8($0))) }
        for first in letters {
            for second in letters {
                let known = ["RG": Board.regular, "TN": .cash, "NG": .negotiated][first + second]
                #expect(trade(replacing: [4: first + second])?.board == known)
            }
        }
        for text in ["", "R", "rg", "RG ", "RGG"] { #expect(reason(replacing: [4: text]) == .board) }
    }

    @Test("a symbol has 1 to 16 printable characters", arguments: [3, 103])
    func symbols(field: Int) {
        for length in 0...17 {
            let text = String("ABCDEFGHIJKLMNOPQ".prefix(length))
            #expect(symbol(text, field) == ((1...16).contains(length) ? Array(text.utf8) : nil), "\(text)")
        }
        for byte in UInt8.min...UInt8.max where byte != 0x7C {
            for length in [1, 4, 8, 9] {
                for place in 0..<length {
                    var bytes = [UInt8](repeating: 0x41, count: length)
                    bytes[place] = byte
                    let isPlain = byte > 0x20 && byte < 0x7F
                    #expect(
                        symbol(bytes, field) == (isPlain ? bytes : nil), "\(byte) at \(place) of \(length)")
                }
            }
        }
    }

    @Test("a sequence has 1 to 20 figures and is below the number that means none")
    func sequences() {
        for length in 1...20 {
            let text = "1" + String(repeating: "0", count: length - 1)
            #expect(trade(replacing: [5: text])?.sequence == UInt64(text))
        }
        for (text, value) in [
            ("0", 0), ("00000000", 0), ("00000000000000000000000001", 1), ("99999999", 99_999_999),
            ("18446744073709551614", UInt64.max - 1),
        ] as [(String, UInt64)] {
            #expect(trade(replacing: [5: text])?.sequence == value, "\(text)")
        }
        for text in [
            "", "-1", "+1", "1 ", " 1", "1.0", "1e3", "0x1", "18446744073709551615", "18446744073709551616",
            "100000000000000000000", "1234567a", "a2345678",
        ] {
            #expect(reason(replacing: [5: text]) == .sequence, "\(text)")
        }
    }

    @Test("each kind of flaw is named")
    func reasons() {
        #expect(reason(replacing: [1: "246000"]) == .time)
        #expect(reason(replacing: [1: "15273"]) == .time)
        #expect(reason(replacing: [6: "0"]) == .price)
        #expect(reason(replacing: [6: "-5"]) == .price)
        #expect(reason(replacing: [6: "5.5"]) == .precision)
        #expect(reason(replacing: [7: ""]) == .quantity)
        #expect(reason(replacing: [7: "9223372036854775808"]) == .quantity)
        #expect(reason(replacing: [7: "1.01"]) == .precision)
        #expect(reason(sample + "|1") == .fieldCount)
        #expect(reason(String(sample.dropLast(2))) == .fieldCount)
        #expect(reason("20260210|090002|ADRO|2210|15") == .fieldCount)
        #expect(reason("20260211|090002|ADRO|2210|15|S") == .date)
        #expect(reason("20260230|090002|ADRO|2210|15|S") == .date)
        #expect(reason("") == .empty)
        #expect(reason("\r") == .empty)
        #expect(reason("b|152735") == .unknownLayout)
        #expect(reason("2026-02-10 nothing") == .unknownLayout)
    }

    @Test("a date of zeros is a wrong date and not a missing one")
    func zeroDate() {
        #expect(reason("00000000|090002|ADRO|2210|15|S") == .date)
        #expect(SingleDecoder().inspect(Array("00000000|090002|ADRO|2210|15|S".utf8)).flaw == .date)
    }

    private func line(replacing: [Int: String]) -> String {
        var fields = sample.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        for (index, text) in replacing { fields[index] = text }
        return fields.joined(separator: "|")
    }

    private func trade(replacing: [Int: String]) -> PlainTrade? {
        guard case .trade(let trade) = SingleDecoder().decode(line(replacing: replacing)) else { return nil }
        return trade
    }

    private func reason(replacing: [Int: String]) -> UndecodableReason? { reason(line(replacing: replacing)) }

    private func reason(_ line: String) -> UndecodableReason? {
        let decoder = SingleDecoder()
        return decoder.decode(line).isUndecodable ? decoder.reason : nil
    }

    private func symbol(_ text: String, _ field: Int) -> [UInt8]? { symbol(Array(text.utf8), field) }

    /// Field 3 is that of twenty fields, 103 that of six.
    private func symbol(_ bytes: [UInt8], _ field: Int) -> [UInt8]? {
        let (head, tail) =
            field == 3
            ? ("B|152735|0|", "|RG|01660795|5025|789|--|-|--|-|5100|00|4479700|-75|0|5095|-1|1")
            : ("20260210|090002|", "|2210|15|S")
        let outcome = SingleDecoder().decode(Array(head.utf8) + bytes + Array(tail.utf8))
        guard case .trade(let trade) = outcome else { return nil }
        return trade.symbol
    }
}
