internal import Feed
internal import Market
internal import Tape
internal import TestSupport

/// A tape of one stream and day as a list of files: what inputs of the tape's targets describe.
///
/// ```
/// u8             bit 0: checksums are made right before anybody reads, so that mutations get behind them
/// per file:      u8 name; for a segment u64 its number; 3 bytes size; content
/// ```
struct TapeImage {
    static let root = "/tape"
    static let stream = try! StreamName("idx.trades")
    static let day = MarketText.day
    static let streamPath = "\(root)/\(stream)"
    static let dayPath = "\(streamPath)/\(day)"

    /// Names by number; the last is a segment.
    private static let names = [
        "\(root)/streams.json", "\(streamPath)/ledger", "\(streamPath)/seals", "\(dayPath)/mark",
        "\(dayPath)/day.tape", "\(dayPath)/day.json", "\(dayPath)/0000000000000000.broken", "",
    ]
    private static let segment = 7

    let disk: FaultyDisk
    let tape: Tape

    /// An empty tape.
    init() {
        disk = FaultyDisk(reserveSizeMax: 1024)
        tape = Tape(root: TapeImage.root, disk: disk, clock: ManualClock(), codecs: FeedCodecs())
        for path in [TapeImage.root, TapeImage.streamPath, TapeImage.dayPath] {
            _ = try? disk.createDirectory(path)
        }
    }

    private init(copying disk: FaultyDisk) {
        self.disk = disk
        tape = Tape(root: TapeImage.root, disk: disk, clock: ManualClock(), codecs: FeedCodecs())
    }

    /// A tape of its own in the same state.
    func copy() -> TapeImage { TapeImage(copying: disk.copy()) }

    /// The tape that an input describes.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init()
        var input = FuzzInput(bytes)
        let mends = input.byte() & 1 == 1
        while !input.isAtEnd {
            let name = Int(input.byte() & 7)
            var path = TapeImage.names[name]
            if name == TapeImage.segment {
                let digits = String(input.number(UInt64.self))
                let zeros = String(repeating: "0", count: max(0, 16 - digits.count))
                path = "\(TapeImage.dayPath)/\(zeros)\(digits).log"
            }
            var content = Array(input.chunk())
            if mends { TapeMender.mend(&content) }
            disk.damage(path) { $0 = content }
        }
        if mends { mendLedger() }
    }

    /// The image as an input.
    func encoded(mends: Bool) -> [UInt8] {
        var output = FuzzOutput()
        output.number(mends ? 1 : 0 as UInt8)
        for (number, path) in TapeImage.names.enumerated() {
            guard let content = disk.content(path) else { continue }
            output.number(UInt8(number))
            output.chunk(content)
        }
        for name in (try? disk.list(TapeImage.dayPath)) ?? [] {
            guard name.hasSuffix(".log"), let first = UInt64(name.dropLast(4)) else { continue }
            output.number(UInt8(TapeImage.segment))
            output.number(first)
            output.chunk(disk.content("\(TapeImage.dayPath)/\(name)") ?? [])
        }
        return output.bytes
    }

    private func mendLedger() {
        let path = TapeImage.names[1]
        if disk.content(path) != nil { disk.damage(path) { TapeMender.mendLines(&$0) } }
    }
}
