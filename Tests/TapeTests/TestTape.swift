import Feed
import Market
import Platform
import TestSupport

@testable import Tape

/// A tape on a simulated disk, with the stream and days that the tests use.
struct TestTape {
    static let root = "/tape"
    static let stream = try! StreamName("idx.trades")
    static let monday = TradingDay("2026-02-09")!
    static let tuesday = TradingDay("2026-02-10")!

    let disk: FaultyDisk
    let tape: Tape

    init(_ disk: FaultyDisk = FaultyDisk(reserveSizeMax: 1024)) {
        self.disk = disk
        tape = Tape(root: TestTape.root, disk: disk, clock: ManualClock(), codecs: FeedCodecs())
    }

    /// A tape whose directory is there and durable.
    static func made(_ disk: FaultyDisk = FaultyDisk(reserveSizeMax: 1024)) throws -> TestTape {
        let made = TestTape(disk)
        try disk.createDirectory(root)
        try disk.syncDirectory("/")
        return made
    }

    func writer(segmentSizeMax: Int64 = TapeWriter.segmentSizeMaxDefault) throws(TapeError) -> TapeWriter {
        try TapeWriter(tape: tape, stream: TestTape.stream, scales: .whole, segmentSizeMax: segmentSizeMax)
    }

    /// Appends payloads to a day through a writer of their own, in one group, and closes it.
    func write(
        _ payloads: [[UInt8]], to day: TradingDay = TestTape.monday,
        segmentSizeMax: Int64 = TapeWriter.segmentSizeMaxDefault
    ) throws(TapeError) {
        let writer = try writer(segmentSizeMax: segmentSizeMax)
        for payload in payloads { try StoredMessage(payload).append(to: writer, day) }
        try writer.close()
    }

    func read(
        _ day: TradingDay = TestTape.monday, wanted: Range<UInt64> = 0..<UInt64.max
    ) throws(TapeError) -> DayContent {
        try DayContent(tape, TestTape.stream, day, wanted: wanted)
    }

    func path(_ file: String, _ day: TradingDay = TestTape.monday) -> String {
        "\(TestTape.root)/\(TestTape.stream)/\(day)/\(file)"
    }

    func segmentPath(_ firstNumber: UInt64, _ day: TradingDay = TestTape.monday) -> String {
        path(SegmentFile.name(firstNumber: firstNumber), day)
    }

    /// Payloads that tell their number, of `size` bytes each.
    static func payloads(_ count: Int, size: Int = 12, from first: Int = 0) -> [[UInt8]] {
        (first..<(first + count)).map { number in
            let text = Array("message \(number) ".utf8)
            return (0..<size).map {
                text[$0 % text.count] &+ ($0 < text.count ? 0 : UInt8(truncatingIfNeeded: $0))
            }
        }
    }
}
