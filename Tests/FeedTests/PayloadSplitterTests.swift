import TestSupport
import Testing

@testable import Feed

@Suite("Payload splitting")
struct PayloadSplitterTests {
    /// A payload as it comes out.
    struct Payload: Equatable {
        let bytes: [UInt8]
        let isOpen: Bool

        init(_ text: String, isOpen: Bool = false) {
            bytes = Array(text.utf8)
            self.isOpen = isOpen
        }

        init(_ bytes: [UInt8], isOpen: Bool) {
            self.bytes = bytes
            self.isOpen = isOpen
        }
    }

    private static let rows = [
        "2026-02-10,BBCA,YP,Lokal,1,2,3,4,x", "2026-02-10,BBCA,AK,Asing,1,2,3,4,x",
        "2026-02-10,BBRI,YP,Lokal,1,2,3,4,x", "2026-02-11,BBRI,YP,Lokal,1,2,3,4,x",
    ]

    @Test("lines are cut at LF, a CR stays, empty lines are payloads, the last line may be open")
    func lines() {
        #expect(
            split("a\nb\r\n\nc", .lines) == [
                Payload("a"), Payload("b\r"), Payload(""), Payload("c", isOpen: true),
            ])
        #expect(split("a\n", .lines) == [Payload("a")])
        #expect(split("", .lines) == [])
        #expect(split("\n", .lines) == [Payload("")])
        #expect(split("\r", .auto) == [Payload("\r", isOpen: true)])
        #expect(split("{\n}\n", .lines) == [Payload("{"), Payload("}")])
    }

    @Test("rows of one time are one payload, rows with codes one each")
    func bookRows() {
        let time = "2026-02-10T10:30:15.123456"
        let rows = ["\(time),8200,100,82000000,BUY", "\(time),8150,50,40750000,BUY"]
        let later = "2026-02-10T10:30:16,8250,75,61875000,SELL"
        let text = "timestamp,price,lots,total_value,side\n" + rows.joined(separator: "\n") + "\n\(later)\n"
        #expect(
            split(text, .auto) == [
                Payload("timestamp,price,lots,total_value,side"), Payload(rows.joined(separator: "\n")),
                Payload(later, isOpen: true),
            ])
        let levels = "1723161254152,X,BID,1,1"
        #expect(split(levels + "\n" + levels + "\n", .auto) == [Payload(levels), Payload(levels)])
    }

    @Test("table rows of one day and symbol are one payload, and lines only where that is asked for")
    func runs() {
        let rows = Self.rows
        let expected = [
            Payload("date,ticker"), Payload(rows[0] + "\n" + rows[1]), Payload(rows[2]),
            Payload(rows[3], isOpen: true),
        ]
        let text = "date,ticker\n" + rows.joined(separator: "\n")
        #expect(split(text, .auto) == expected)
        // More rows may come, LF or not.
        #expect(split(text + "\n", .auto).last == Payload(rows[3], isOpen: true))
        #expect(split(text, .lines).count == 5)
        // The open last row belongs to the run.
        #expect(split(rows[0] + "\n" + rows[1], .auto) == [Payload(rows[0] + "\n" + rows[1], isOpen: true)])
    }

    @Test(
        "a source that is a document laid out over lines is one payload up to the line of its last bracket"
    )
    func documents() {
        let first = "{\n  \"a\": {\n  }\n}"
        let second = "[\r\n 1,\r\n ]\r\n]\r"
        #expect(
            split(first + "\n{\"a\":1}\n", .auto) == [Payload(first), Payload("{\"a\":1}")])
        #expect(split(second + "\nx\n", .auto) == [Payload(second), Payload("x")])
        // Behind other lines, or without its counterpart, a bracket is a line like others.
        #expect(
            split("x\n{\n}\n", .auto) == [Payload("x"), Payload("{"), Payload("}")])
        #expect(split("{\nx\ny\n", .auto) == [Payload("{"), Payload("x"), Payload("y")])
        #expect(split(first, .auto) == [Payload(first, isOpen: true)])
        #expect(split("a\n{\nb", .document) == [Payload("a\n{\nb", isOpen: true)])
        #expect(split("a\n{\nb\n", .document) == [Payload("a\n{\nb")])
    }

    @Test("a source that comes in two pieces, cut anywhere, gives the payloads that it gives in one")
    func twoPieces() {
        let rows = Self.rows.joined(separator: "\n")
        let crlf = rows.replacing("\n", with: "\r\n")
        let sources = [
            "", "\n", "a", "a\n", "a\nb", "a\r\nb\r\n", "\n\n\n", rows, rows + "\n", crlf, crlf + "\r\n",
            "date,ticker\n" + rows + "\nB|1|2\n", "{\n \"a\": 1\n}\n", "{\n \"a\": 1\n}", "{\n \"a\": 1\n",
            "{\r\n}\r\n[\r\n]\r\n", "[\n1\n]\n{\n}\nline\n", "{\"a\":1}\n{\n}\n{\"b\":2}", "{ \t\r\nx\n}",
            "a line longer than thirty-two bytes, so that whole vectors are looked at\nand a second one like it\r\n",
            "2026-02-10,\n2026-02-10,A,\n2026-02-10,A,b\n2026-02-10,AB,\n",
        ]
        for source in sources {
            let bytes = Array(source.utf8)
            for layout in PayloadSplitter.Layout.allCases {
                let whole = split(bytes, layout, pieces: [])
                for cut in 0...bytes.count {
                    let cuts = split(bytes, layout, pieces: [cut])
                    #expect(cuts == whole, "\(layout), \(readable(bytes)) cut at \(cut)")
                }
            }
        }
    }

    @Test(
        "sources made of random lines in random pieces lose no byte and depend on no piece", arguments: 1...4)
    func randomPieces(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<400 {
            var lines =
                Self.rows + ["{", "}", "[", "]", "{\r", "}\r", "", "B|x|y", "{\"a\":1}", " 1", "20260210|x"]
            lines.shuffle(using: &random)
            let text = (0..<random.below(14)).map { _ in random.pick(lines) }.joined(separator: "\n")
            let bytes = Array((text + (random.below(2) == 0 ? "\n" : "")).utf8)
            let whole = split(bytes, .auto, pieces: [])
            let pieces = (0..<random.below(6)).map { _ in random.below(bytes.count + 1) }.sorted()
            #expect(
                split(bytes, .auto, pieces: pieces) == whole, "seed \(seed): \(readable(bytes)) \(pieces)")
            let joined = Array(whole.map(\.bytes).joined(separator: [0x0A]))
            #expect(joined + (bytes.last == 0x0A ? [0x0A] : []) == bytes, "seed \(seed)")
        }
    }

    private func split(_ text: String, _ layout: PayloadSplitter.Layout) -> [Payload] {
        split(Array(text.utf8), layout, pieces: [])
    }

    /// Cuts a source of which ever more is at hand; the buffer moves with each piece.
    private func split(_ source: [UInt8], _ layout: PayloadSplitter.Layout, pieces: [Int]) -> [Payload] {
        var splitter = PayloadSplitter(layout: layout)
        var payloads: [Payload] = []
        var start = 0
        for (index, size) in (pieces + [source.count, source.count]).enumerated() {
            let atEnd = index == pieces.count + 1
            withPayload(Array(source[..<size])) { buffer in
                while true {
                    switch splitter.next(in: buffer, from: start, atEnd: atEnd) {
                    case .payload(let range, let next, let isOpen):
                        payloads.append(Payload(Array(buffer[range]), isOpen: isOpen))
                        start = next
                    case .needMore:
                        if atEnd { Issue.record("wants more than there is") }
                        return
                    case .end:
                        if !atEnd { Issue.record("ends before the source does") }
                        return
                    }
                }
            }
        }
        return payloads
    }
}
