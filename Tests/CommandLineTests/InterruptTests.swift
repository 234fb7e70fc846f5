import Foundation
import TestSupport
import Testing

@Suite("Interrupted import")
struct InterruptTests {
    private let tool = Tool()
    private let line = "B|090000|0|BBCA|RG|1|100|1|--|-|--|-|0|00|1|0|0|0|0|1"
    private let words = ["import", "-", "--stream", "idx.trades", "--date", "2026-02-12", "--acks"]

    @Test("SIGINT while a pipe never ends: exit 130, and everything acknowledged is on the tape")
    func endless() throws {
        let lines = Pipe()
        let acks = Pipe()
        let source = try tool.start(["yes", line], path: "/usr/bin/env", output: lines, input: nil)
        defer {
            source.terminate()
            source.waitUntilExit()
        }
        let process = try tool.start(words, output: acks, input: lines)
        // Only the two processes hold the pipe now, so that each sees the other's end.
        try lines.fileHandleForReading.close()
        try lines.fileHandleForWriting.close()
        let (code, acknowledged) = try interrupt(process, acks, after: 20_000)
        #expect(code == 130)
        try expectOnTape(acknowledged)
    }

    @Test("SIGINT while a pipe is silent in the middle of a line: exit 130, and no part of the line is kept")
    func silent() throws {
        let lines = Pipe()
        let acks = Pipe()
        let process = try tool.start(words, output: acks, input: lines)
        let text = String(repeating: line + "\n", count: 50) + line.prefix(20)
        try lines.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        let (code, acknowledged) = try interrupt(process, acks, after: 50)
        #expect(code == 130 && acknowledged == 50)
        try expectOnTape(50, exactly: true)
    }

    @Test("a file whose import is interrupted again and again is on the tape once, line for line")
    func repeated() throws {
        // Lines of many lengths, so that chunks end in the middle of one.
        let text = (0..<60_000).map { "B|090000|0|BBCA|RG|\($0)|100|1|--|-|--|-|0|00|1|0|0|0|0|1\n" }.joined()
        let path = tool.folder.write("lines.txt", text)
        for count in [1, 20_001, 40_001] {
            let acks = Pipe()
            var words = words
            words[1] = path
            let process = try tool.start(words, output: acks, input: nil)
            _ = try interrupt(process, acks, after: count, mayEnd: true)
        }
        #expect(try tool.run("import lines.txt --stream idx.trades --date 2026-02-12").code == 0)
        let printed = try tool.run("cat --stream idx.trades --date 2026-02-12").output
        #expect(printed == text)
    }

    @Test("of a source that is cut off in mid-line no half line is kept, and the whole source adds the rest")
    func cutOff() throws {
        var random = SplitMix64(seed: 1)
        let text = (0..<20_000).map { _ in
            "B|090000|0|BBCA|RG|\(random.next() >> 1)|100|1|--|-|--|-|0|00|1|0|0|0|0|1\n"
        }
        .joined()
        tool.folder.write("lines.txt", text)
        #expect(try tool.shell("gzip -c lines.txt > whole.gz && head -c 200000 whole.gz > cut.gz").code == 0)
        let cut = try tool.run("import cut.gz --stream idx.trades --date 2026-02-12")
        #expect(cut.code == 3 && cut.errors.hasPrefix("jejak: cut.gz is cut off"))
        let before = try tool.run("cat --stream idx.trades --date 2026-02-12").output
        #expect(text.hasPrefix(before) && before.utf8.count > 100_000)
        #expect(try tool.run("import whole.gz --stream idx.trades --date 2026-02-12").code == 0)
        #expect(try tool.run("cat --stream idx.trades --date 2026-02-12").output == text)
    }

    @Test(
        "a source cut off behind a header is cut off, not undated, and the header waits for its row")
    func cutOffHeader() throws {
        let header = "date,ticker,broker,type,buy_lot,buy_val,sell_lot,sell_val,source\n"
        tool.folder.write("header.csv", header)
        tool.folder.write("whole.csv", header + "2026-02-12,BBCA,YP,Lokal,1,2,3,4,x\n")
        // Without the last eight bytes all text is there but not the end.
        #expect(try tool.shell("gzip -c header.csv | head -c -8 > cut.gz").code == 0)
        for date in ["", " --date 2026-02-11"] {
            let cut = try tool.run("import cut.gz --stream idx.broksum" + date)
            #expect(cut.code == 3 && cut.errors.hasPrefix("jejak: cut.gz is cut off"), "\(cut.errors)")
        }
        #expect(try tool.run("import whole.csv --stream idx.broksum").output.hasPrefix("appended 2,"))
        #expect(try tool.run("cat --stream idx.broksum --date 2026-02-11").code == 2)
        #expect(try tool.run("import header.csv --stream idx.broksum").code == 2)
    }

    /// Waits for so many acknowledgements, interrupts, and reads on to the end.
    private func interrupt(_ process: Process, _ acks: Pipe, after count: Int, mayEnd: Bool = false) throws
        -> (Int32, Int)
    {
        defer {
            if process.isRunning { process.terminate() }
        }
        try acks.fileHandleForWriting.close()
        var text = ""
        var isInterrupted = false
        while case let data = acks.fileHandleForReading.availableData, !data.isEmpty {
            text += String(decoding: data, as: UTF8.self)
            if !isInterrupted, acknowledged(text) >= count {
                isInterrupted = true
                process.interrupt()
            }
        }
        process.waitUntilExit()
        #expect(isInterrupted && process.terminationReason == .exit)
        // A file may end before the signal comes.
        if mayEnd, process.terminationStatus == 0 { return (0, acknowledged(text)) }
        #expect(tool.errors.hasPrefix("jejak: interrupted") && tool.errors.split(separator: "\n").count == 1)
        return (process.terminationStatus, acknowledged(text))
    }

    private func acknowledged(_ text: String) -> Int {
        // A last line without its end may be half a number.
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .compactMap { $0.hasPrefix("ACK ") ? Int($0.dropFirst(4)) : nil }.max() ?? 0
    }

    private func expectOnTape(_ count: Int, exactly: Bool = false) throws {
        let result = try tool.run("cat --stream idx.trades --date 2026-02-12")
        let printed = result.lines
        #expect(result.code == 0 && result.errors.isEmpty)
        #expect(exactly ? printed.count == count : printed.count >= count, "\(printed.count) of \(count)")
        #expect(printed.allSatisfy { $0 == line })
    }
}
