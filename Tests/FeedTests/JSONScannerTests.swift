import Foundation
import TestSupport
import Testing

@testable import Feed

/// The scanner against RFC 8259 and against Foundation.
///
/// Foundation differs, by design of either side: it takes a byte-order mark and UTF-16 (RFC 8259 §8.1 lets a
/// parser refuse them), refuses bytes that are no UTF-8 and lone surrogates (grammar allows the escapes; the
/// scanner leaves both to whoever reads the text), refuses numbers that no double holds, nests to 512 and
/// takes a comma behind the last element.
@Suite("JSON")
struct JSONScannerTests {
    @Test("documents that RFC 8259 allows are read", arguments: JSONDocuments.valid)
    func valid(text: String) {
        #expect(scans(Array(text.utf8)))
        #expect(foundationReads(Array(text.utf8)))
    }

    @Test("documents that RFC 8259 forbids are refused", arguments: JSONDocuments.invalid)
    func invalid(text: String) {
        #expect(!scans(Array(text.utf8)))
        #expect(foundationReads(Array(text.utf8)) == hasLastComma(Array(text.utf8)))
    }

    @Test("documents on which Foundation decides otherwise")
    func differences() {
        #expect(!scans([0xEF, 0xBB, 0xBF] + Array("{}".utf8)))
        #expect(!scans([0x7B, 0, 0x7D, 0]))
        #expect(scans(Array(#""\uD800""#.utf8)) && !foundationReads(Array(#""\uD800""#.utf8)))
        #expect(scans([0x22, 0xFF, 0x22]) && !foundationReads([0x22, 0xFF, 0x22]))
    }

    @Test("every cut of a document is refused")
    func cuts() {
        let document = Array(JSONDocuments.mixed.utf8)
        #expect(scans(document))
        for size in document.indices { #expect(!scans(Array(document[..<size])), "cut at \(size)") }
    }

    @Test("64 levels of nesting are read, 65 are refused, a million do no harm")
    func nesting() {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            for (depth, isRead) in [(1, true), (63, true), (64, true), (65, false), (1000, false)] {
                let inner = open == "[" ? "" : "0"
                let text =
                    String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
                #expect(scans(Array(text.utf8)) == isRead, "\(depth) \(open)")
            }
            #expect(!scans(Array(String(repeating: open, count: 1_000_000).utf8)))
        }
        // Brothers do not count as levels.
        #expect(scans(Array(("[" + String(repeating: "[],", count: 1000) + "[]]").utf8)))
    }

    @Test(
        "60,000 damaged documents are taken or refused as Foundation does", arguments: [1, 2, 3] as [UInt64])
    func damaged(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("{}[]\",:\\/ \t\n\rtruefalsn0123456789.+-eEu".utf8)
        let documents = (JSONDocuments.valid + [JSONDocuments.mixed]).map { Array($0.utf8) }
        var valid = 0
        for _ in 0..<20_000 {
            var bytes = random.pick(documents)
            for _ in 0..<random.below(3) + 1 {
                let place = random.below(bytes.count + 1)
                switch random.below(4) {
                case 0 where place < bytes.count: bytes[place] = random.pick(alphabet)
                case 1 where place < bytes.count: bytes.remove(at: place)
                case 2: bytes.insert(UInt8(random.below(0x80)), at: place)
                default: bytes.insert(random.pick(alphabet), at: place)
                }
            }
            // Damage inside a character, a surrogate or an exponent is a known difference.
            guard String(validating: bytes, as: UTF8.self) != nil, !isDifferent(bytes) else { continue }
            let scanned = scans(bytes)
            if !scanned, hasLastComma(bytes) { continue }
            if scanned != foundationReads(bytes) {
                Issue.record("seed \(seed): \(readable(bytes)) \(scanned)")
            }
            if scanned { valid += 1 }
        }
        #expect(valid > 1000)
    }

    @Test("whatever the bytes are, nothing is read behind them")
    func noise() {
        var random = SplitMix64(seed: 9)
        for _ in 0..<20_000 {
            let bytes = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
            #expect(scans(bytes) == scans(bytes, behind: 0x7D))
        }
    }

    private func isDifferent(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        return text.contains("\\ud") || text.contains("e") || bytes.contains(0)
            || text.split(whereSeparator: { !$0.isNumber }).contains { $0.count > 17 }
    }

    private func hasLastComma(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
        return [",]", ",}"].contains { text.contains($0) && !text.hasPrefix("[,") && !text.hasPrefix("{,") }
    }

    private func scans(_ bytes: [UInt8], behind: UInt8 = 0x22) -> Bool {
        withPayload(bytes, behind: behind) { payload in
            var scanner = JSONScanner(payload)
            scanner.skipBlank()
            return scanner.value() && scanner.isAtEnd()
        }
    }

    private func foundationReads(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
    }
}
