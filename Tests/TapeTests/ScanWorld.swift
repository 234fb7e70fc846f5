import Columns
import Feed
import Market
import TestSupport

@testable import Tape

/// A tape as imports leave it, on a simulated disk: with ledger, catalog, hot and sealed days.
struct ScanWorld {
    let test: TestTape

    static let stream = TestTape.stream
    static let monday = TestTape.monday
    static let tuesday = TestTape.tuesday

    /// A tape of one stream with these days of these many messages.
    init(_ days: [(day: TradingDay, count: Int)] = [(monday, 7)], segmentSizeMax: Int64 = 128 + 3 * 64) throws
    {
        test = try TestTape.made()
        _ = try Catalog.register(ScanWorld.stream, scales: .whole, tape: test.tape)
        for (day, count) in days { try add(count, to: day, segmentSizeMax: segmentSizeMax) }
    }

    private init(_ test: TestTape) { self.test = test }

    /// The same tape on a disk of its own.
    func copy() -> ScanWorld { ScanWorld(TestTape(test.disk.copy())) }

    /// Imports messages, as one source.
    func add(_ count: Int, from first: Int = 0, to day: TradingDay, segmentSizeMax: Int64 = 128 + 3 * 64)
        throws
    {
        let writer = try test.writer(segmentSizeMax: segmentSizeMax)
        let source = SourceImport(writer: writer, date: day, layout: "auto", continuing: nil)
        for number in first..<(first + count) {
            let line = ScanWorld.payload(number) + [UInt8](repeating: 0, count: RawMessage.payloadSlack)
            let size = line.count - RawMessage.payloadSlack
            let result = line.withUnsafeBytes { raw in
                Result { () throws(TapeError) in
                    try source.append(
                        RawMessage(
                            payload: raw.baseAddress!, payloadSize: size, number: 0, receiveTimeNanos: .min,
                            channel: 0, direction: 0), to: day)
                }
            }
            _ = try result.get()
        }
        try writer.commit(try unwrap(writer.takeGroup()))
        try source.end(
            SourceDigest(
                size: Int64(count), crc: UInt32(count), sha256: String(repeating: "0a", count: 32),
                messages: count,
                openMessage: nil))
        try writer.commit(try unwrap(writer.takeGroup()))
        try writer.close()
    }

    /// Trade lines, and now and then something else.
    static func payload(_ number: Int) -> [UInt8] {
        number % 5 == 3
            ? Array("note \(number)".utf8) : Array("B|0930\(10 + number % 50)|0|BBCA|RG|\(number)|900".utf8)
    }

    func seal(_ day: TradingDay = monday, prunes: Bool = true) throws {
        _ = try Seal(tape: test.tape, stream: ScanWorld.stream, day: day).run()
        if prunes {
            _ = try Prune(tape: test.tape, stream: ScanWorld.stream, day: day).run(reallyRemove: true)
        }
    }

    func scan(_ level: ScanLevel = .full) throws -> [Finding] {
        let scanner = TapeScanner(tape: test.tape, level: level)
        return try scanner.units().flatMap { scanner.scan($0).findings }
    }

    /// A full scan of the units that a file belongs to.
    func scan(only path: String) throws -> [Finding] {
        let day = path.hasPrefix(self.path(""))
        let unit = day ? ScanUnit.day(ScanWorld.stream, ScanWorld.monday) : .stream(ScanWorld.stream)
        let rest = path == ScanWorld.sealsPath ? [ScanUnit.day(ScanWorld.stream, ScanWorld.monday)] : []
        let scanner = TapeScanner(tape: test.tape, level: .full)
        return ([unit] + rest).flatMap { scanner.scan($0).findings }
    }

    func salvage(_ day: TradingDay = monday) throws -> Salvage.Report {
        try Salvage(tape: test.tape, stream: ScanWorld.stream, day: day).run(reallyDo: true)
    }

    func path(_ name: String, _ day: TradingDay = monday) -> String { test.path(name, day) }

    static let ledgerPath = "\(TestTape.root)/\(TestTape.stream)/ledger"
    static let sealsPath = "\(TestTape.root)/\(TestTape.stream)/seals"

    private func unwrap<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw TapeError.failed(path: "nothing to commit") }
        return value
    }
}
