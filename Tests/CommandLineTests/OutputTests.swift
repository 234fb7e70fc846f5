import Foundation
import Testing

@Suite("Command line output")
struct OutputTests {
    private let tool = Tool()

    @Test("every report that is asked for as JSON is JSON, a value a line")
    func json() throws {
        try tool.prepare()
        try tool.run("import - --stream idx.trades --date 2026-02-12", input: "nothing \u{1}\"\\\nB|1\n")
        for line in [
            "simulate --symbols 2 --trades 50 --out more",
            "import more/idx.trades/2026-02-02.txt --stream x.trades --date 2026-02-02",
            "replay", "replay --hour 9 --threads 2", "digest", "digest --date 2026-02-12",
            "digest --projection coverage",
            "show market", "show market --date 2026-02-12 --limit 1", "show coverage",
            "show coverage --minutes",
            "show undecodable", "show footprint \(try symbol())", "show footprint \(try symbol()) --tf 1h",
            "export footprint", "export footprint --tf 1d --date 2026-02-13",
            "export footprint --tf session", "show summary", "show summary --at 10:00:00 --rule b",
            "export summary --date 2026-02-12", "export summary --date 2026-02-14",
        ] {
            let result = try tool.run(line + " --json --quiet")
            #expect(result.code == 0 && result.errors.isEmpty, "\(line): \(result.errors)")
            #expect(result.output.hasSuffix("\n"), "\(line)")
            for text in result.lines {
                let value = try? JSONSerialization.jsonObject(with: Data(text.utf8))
                #expect(value != nil, "\(line): \(text)")
            }
        }
    }

    @Test("the tape gives back the file that was imported, and importing it again adds nothing")
    func verbatim() throws {
        try tool.prepare()
        let printed = try tool.run("cat --stream idx.trades --date 2026-02-12").output
        #expect(Array(printed.utf8) == tool.folder.contents("raw/idx.trades/2026-02-12.txt"))
        let again = try tool.run("import raw/idx.trades/2026-02-12.txt --stream idx.trades --date 2026-02-12")
        #expect(again.output.hasPrefix("appended 0, already there "))
        let lines = printed.split(separator: "\n")
        let part = try tool.run("cat --stream idx.trades --date 2026-02-12 --from 3 --to 5").lines
        #expect(part == Array(lines[3...5]))
    }

    @Test("digest, replay and a store built anew tell the same digests")
    func digests() throws {
        try tool.prepare()
        let digests = try tool.run("digest --quiet").lines
        #expect(digests.count { $0.hasPrefix("footprint 1 ") } == 2)
        #expect(try tool.run("replay --threads 2").lines.suffix(digests.count) == digests[...])
        let rebuilt = try tool.run("digest --store another")
        #expect(rebuilt.lines == digests)
        #expect(rebuilt.errorLines.count == 1 && rebuilt.errors.hasPrefix("jejak: no store at another"))
    }

    @Test("a reader that goes away after a line ends cat and export quietly with exit 0")
    func closedPipe() throws {
        try tool.prepare(trades: 6000)
        for command in [
            "cat --stream idx.trades --from-date 2026-02-01", "export footprint",
            "export footprint --json --quiet",
        ] {
            let result = try tool.shell("{ $jejak \(command); echo $? > status; } | head -1")
            #expect(result.code == 0 && result.lines.count == 1 && result.errors.isEmpty, "\(result.errors)")
            #expect(String(decoding: tool.folder.contents("status"), as: UTF8.self) == "0\n", "\(command)")
        }
    }

    @Test("numbers at the end of their range are shown and exported")
    func extremes() throws {
        let most = "9223372036854775807"
        let lines = (0..<5).map { number in
            "B|09000\(number)|0|HUGE|RG|1844674407370955161\(number)|\(most)|\(most)|--|-|--|-|0|00|1|0|0|0|0|1\n"
        }.joined()
        #expect(try tool.run("import - --stream idx.trades --date 2026-02-12", input: lines).code == 0)
        for line in [
            "replay", "show market", "show market --json", "show footprint HUGE",
            "show footprint HUGE --json",
            "show footprint HUGE --tf 1d", "show coverage", "show coverage --minutes", "show coverage --json",
            "export footprint", "export footprint --tf 1h", "show footprint HUGE --wide", "export summary",
            "show summary --wide", "show summary",
        ] {
            let result = try tool.run(line)
            #expect(
                result.code == 0 && result.errors.isEmpty && !result.output.isEmpty, "\(line): \(result.code)"
            )
        }
        // 5 · (2^63 - 1), exactly.
        let row = try tool.run("export footprint").output
        #expect(row.contains(#""vol":46116860184273879035,"#))
        #expect(row.contains(#""num":425352958651173079236984538921162506245,"#))
        #expect(row.contains(#""value":42535295865117307923698453892116250624500,"#))
    }

    @Test("numbers with eighteen digits behind the point are exact, also with lots")
    func finestScales() throws {
        let lines = (0..<5).map { "20260212|09000\($0)|FINE|9.2|9.2|B\n" }.joined()
        let place = "--stream idx.trades --date 2026-02-12 --price-scale 18 --quantity-scale 18"
        #expect(try tool.run("import - \(place)", input: lines).code == 0)
        for line in ["replay", "show market", "show footprint FINE", "show summary --wide", "export summary"]
        {
            #expect(try tool.run(line).code == 0, "\(line)")
        }
        let row = try tool.run("export footprint").output
        #expect(row.contains(#""value":42320,"#) && row.contains(#"{"num":423.2,"den":46}"#), "\(row)")
    }

    @Test("an answer that cannot be written is told in one line, with exit 3")
    func fullDisk() throws {
        try tool.prepare()
        for command in [
            "replay", "replay --json", "digest", "digest --json", "show market", "show coverage --json",
            "export footprint",
        ] {
            let result = try tool.shell("$jejak \(command) --quiet > /dev/full")
            #expect(result.code == 3 && result.errorLines.count == 1, "\(command): \(result.errors)")
        }
    }

    @Test("rows name their market, and symbols of two markets are in files of their own")
    func twoMarkets() throws {
        let line = "20260212|090000|SAME|5|7|B\n20260212|090001|idx:SAME|5|7|B\n"
        for (stream, count) in [("idx.trades", 1), ("crypto.trades", 2)] {
            let words = "import - --stream \(stream) --date 2026-02-12"
            #expect(try tool.run(words, input: String(repeating: line, count: count)).code == 0)
        }
        let rows = try tool.run("export footprint --symbol SAME --quiet").lines
        #expect(rows.map { $0.contains(#""m":"crypto""#) } == [true, false])
        #expect(rows.map { $0.contains(#""m":"idx""#) } == [false, true])
        #expect(try tool.run("export footprint --out out").code == 0)
        let hour = "1m/2026/02/12/02.jsonl"
        for (name, volume) in [
            ("SAME", 7), ("crypto:SAME", 14), ("idx%3ASAME", 7), ("crypto:idx%3ASAME", 14),
        ] {
            let text = String(
                decoding: tool.folder.contents("out/footprint/\(name)/\(hour)"), as: UTF8.self)
            #expect(text.split(separator: "\n").count == 1 && text.contains(#""vol":\#(volume),"#), "\(name)")
        }
        // The catalog says which market a stream is of, not its name.
        let catalog = String(decoding: tool.folder.contents("tape/streams.json"), as: UTF8.self)
        let edited = catalog.replacing(#""market" : "crypto""#, with: #""market" : "coins""#)
        tool.folder.write("tape/streams.json", edited)
        #expect(try tool.run("replay").code == 0)
        let other = try tool.run("export footprint --symbol SAME").lines
        #expect(other.map { $0.contains(#""m":"coins""#) } == [true, false])
    }

    @Test("a configuration file names tape, store and threads, and options win over it")
    func configuration() throws {
        try tool.prepare()
        let digests = try tool.run("digest").lines
        tool.folder.write("jejak.json", #"{"tape": "tape", "store": "configured/store", "threads": 2}"#)
        #expect(try tool.run("digest --config jejak.json --quiet").lines == digests)
        #expect(tool.folder.names.contains("configured"))
        tool.folder.write("wrong.json", #"{"tape": "nowhere", "store": "unused"}"#)
        #expect(try tool.run("digest --config wrong.json --quiet").code == 3)
        #expect(try tool.run("digest --config wrong.json --tape tape --store .jejak/store").lines == digests)
        for text in ["", "[]", "{", #"{"tape": 5}"#, #"{"threads": "many"}"#] {
            tool.folder.write("broken.json", text)
            let result = try tool.run("digest --config broken.json")
            #expect(result.code == 2 && result.errorLines.count == 1 && result.errors.hasPrefix("jejak: "))
        }
    }

    private func symbol() throws -> String {
        let line = try tool.run("cat --stream idx.trades --date 2026-02-12 --from 0 --to 0").output
        return String(line.split(separator: "|")[3])
    }
}
