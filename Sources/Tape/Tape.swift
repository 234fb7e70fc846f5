public import Columns
public import Market
public import Platform

/// A tape directory: the streams in it, their days, and the seams through which it is reached.
///
/// ```
/// <root>/streams.json                 what each stream is
/// <root>/<stream>/lock, ledger        single writer; sources already imported
/// <root>/<stream>/<YYYY-MM-DD>/       one trading day: mark and segments
/// ```
public struct Tape: Sendable {
    /// The tape's directory.
    public let root: String
    /// How files are reached.
    public let disk: any Disk
    /// Where creation times come from.
    public let clock: any Clock

    /// What sealed days are written and read with.
    public let codecs: any CodecCatalog

    /// A tape at `root`, which need not exist yet.
    public init(
        root: String, disk: any Disk = SystemDisk(), clock: any Clock = SystemClock(),
        codecs: any CodecCatalog = NoCodecs()
    ) {
        self.root = root
        self.disk = disk
        self.clock = clock
        self.codecs = codecs
    }

    /// The streams on the tape, sorted by name.
    /// - Throws: ``TapeError/noTape(path:)`` where the directory does not exist.
    public func streams() throws(TapeError) -> [StreamName] {
        var found: [StreamName] = []
        for name in try names(in: root, else: .noTape(path: root)) {
            guard let stream = try? StreamName(name) else { continue }
            if case .directory = try onDisk({ () throws(DiskError) in try disk.kind(of: path(of: stream)) }) {
                found.append(stream)
            }
        }
        return found.sorted()
    }

    /// The trading days of a stream, sorted.
    /// - Throws: ``TapeError/noStream(_:root:)`` where the stream does not exist.
    public func days(of stream: StreamName) throws(TapeError) -> [TradingDay] {
        try names(in: path(of: stream), else: .noStream(stream, root: root))
            .compactMap { TradingDay($0) }.sorted()
    }

    /// The first numbers of a day's segments, sorted.
    func segments(of stream: StreamName, on day: TradingDay) throws(TapeError) -> [UInt64] {
        try names(in: path(of: stream, on: day), else: .noStream(stream, root: root))
            .compactMap(SegmentFile.firstNumber(inName:)).sorted()
    }

    func path(of stream: StreamName) -> String { "\(root)/\(stream)" }

    func path(of stream: StreamName, on day: TradingDay) -> String { "\(root)/\(stream)/\(day)" }

    private func names(in path: String, else missing: TapeError) throws(TapeError) -> [String] {
        do {
            return try disk.list(path)
        } catch {
            throw error.isMissing ? missing : TapeError.from(error)
        }
    }
}

/// How segment files are named: after their first message, in 16 decimal digits.
enum SegmentFile {
    static func name(firstNumber: UInt64) -> String {
        let digits = String(firstNumber)
        return String(repeating: "0", count: max(0, 16 - digits.count)) + digits + ".log"
    }

    static func firstNumber(inName name: String) -> UInt64? {
        guard name.hasSuffix(".log"), name.utf8.count >= 20 else { return nil }
        return UInt64(name.dropLast(4))
    }
}

/// A catalog for tapes that have no sealed days: it knows no codec.
public struct NoCodecs: CodecCatalog {
    /// An empty catalog.
    public init() {}

    /// None.
    public func codec(_ id: CodecID) -> (any BlockCodec)? { nil }

    /// A programmer error: sealing needs codecs.
    public func choose(_ messages: UnsafeBufferPointer<RawMessage>) -> any BlockCodec {
        preconditionFailure("a tape without codecs cannot be sealed")
    }

    /// None.
    public func hour(of message: RawMessage) -> Int? { nil }
}
