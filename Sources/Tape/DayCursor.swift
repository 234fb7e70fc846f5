public import Columns
public import Market
internal import Platform

/// Reads the messages of one stream and day in order, sealed ones from their columns and the rest from hot
/// segments, up to the mark. Everything is verified; damage is recorded in ``damages`` and read around, and
/// the numbers of messages that are lost are simply absent. One thread at a time.
public final class DayCursor {
    /// The stream.
    public let stream: StreamName
    /// The trading day.
    public let day: TradingDay
    /// The sealed part of the day; nil where it is not sealed.
    public private(set) var sealed: SealedReader?

    private let tape: Tape
    private let wanted: Range<UInt64>
    private var sealedCursor: SealedCursor?
    private var hot: HotCursor
    private var isInHot: Bool
    private var damagesBefore: [TapeDamage] = []

    /// Messages in a batch at most.
    public static let batchCountMax = 2048

    /// A cursor over a day's messages with numbers in `wanted`.
    /// - Throws: ``TapeError/retired(_:)`` where retention has removed the day; other ``TapeError`` where it
    ///   does not exist or cannot be opened.
    public init(
        tape: Tape, stream: StreamName, day: TradingDay, wanted: Range<UInt64> = 0..<UInt64.max
    ) throws(TapeError) {
        self.tape = tape
        self.stream = stream
        self.day = day
        self.wanted = wanted
        try tape.refuseRetired(stream, day)
        do throws(TapeError) {
            (sealed, hot) = try DayCursor.open(tape, stream, day, wanted)
        } catch {
            try tape.refuseRetired(stream, day)
            throw error
        }
        // The file may just have gone, behind its tombstone.
        if sealed == nil { try tape.refuseRetired(stream, day) }
        sealedCursor = sealed.map { SealedCursor($0, wanted: wanted) }
        isInHot = sealed == nil
    }

    private static func open(
        _ tape: Tape, _ stream: StreamName, _ day: TradingDay, _ wanted: Range<UInt64>
    ) throws(TapeError) -> (SealedReader?, HotCursor) {
        let survey = try HotCursor.Survey(tape: tape, stream: stream, day: day)
        let sealed = try SealedReader.openIfSealed(tape: tape, stream: stream, day: day)
        let hot = HotCursor(
            tape: tape, stream: stream, day: day, wanted: wanted, survey, sealed: sealed?.messageCount ?? 0)
        return (sealed, hot)
    }

    /// What was found damaged so far.
    public var damages: [TapeDamage] { damagesBefore + (sealedCursor?.damages ?? []) + hot.damages }

    /// Number behind the last message read, once ``next()`` has returned nil.
    public var nextNumber: UInt64 { hot.nextNumber }

    /// Chained checksum of the last frame below the mark, which names the day's content up to there, sealed
    /// or not; nil where the mark is unreadable.
    public var endChain: UInt32? { hot.endChain }

    /// Number of the first message above the mark: how many the day holds.
    public var endNumber: UInt64 { hot.endNumber }

    /// Scales with which the messages were written, once ``next()`` has been called; nil for an empty day.
    public var scales: StreamScales? { sealed?.index.scales ?? hot.scales }

    /// The next messages, 1 or more, valid until the next call; nil at the mark.
    public func next() throws(TapeError) -> UnsafeBufferPointer<RawMessage>? {
        if !isInHot {
            if let messages = try sealedCursor?.next() { return messages }
            isInHot = true
        }
        do throws(TapeError) {
            return try hot.next()
        } catch {
            // A segment that is gone since has been sealed and pruned meanwhile.
            guard case .disk(let cause) = error, cause.isMissing, try goOnSealed() else { throw error }
            return try next()
        }
    }

    /// Opens the day again behind the last message read; false where no more of it is sealed than was read.
    private func goOnSealed() throws(TapeError) -> Bool {
        let rest = min(max(hot.nextNumber, wanted.lowerBound), wanted.upperBound)..<wanted.upperBound
        let (sealed, hot) = try DayCursor.open(tape, stream, day, rest)
        guard let sealed, sealed.messageCount > rest.lowerBound else { return false }
        damagesBefore = damages
        (self.sealed, self.hot, sealedCursor, isInHot) = (
            sealed, hot, SealedCursor(sealed, wanted: rest), false
        )
        return true
    }
}
