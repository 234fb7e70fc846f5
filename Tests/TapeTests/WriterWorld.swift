import Market
import TestSupport

@testable import Tape

/// A writer's life on a simulated disk beside what it was given and what it acknowledged, so that after
/// any failure the two can be compared.
struct WriterWorld {
    let test: TestTape
    private(set) var violations: [String] = []
    /// By day, everything that the writer was given since the last recovery and all that was read back then.
    private var offered: [TradingDay: [StoredMessage]] = [:]
    /// By day, how many messages a returned commit has made durable.
    private var acknowledged: [TradingDay: Int] = [:]
    /// Days that the present writer has appended to.
    private var openDays: Set<TradingDay> = []
    private var random: SplitMix64
    private var written = 0

    /// Small, so that a few messages already make a segment.
    static let segmentSizeMax: Int64 = 420

    init(_ disk: FaultyDisk, seed: UInt64) throws {
        test = try TestTape.made(disk)
        random = SplitMix64(seed: seed)
    }

    /// Opens a writer, appends and commits `groups` groups and closes. Returns the error that stopped it.
    mutating func write(groups: Int, afterAck: (WriterWorld) -> [String] = { _ in [] }) -> TapeError? {
        // Only a failed commit ends a writer; a day that could not be opened does not.
        var failed: TapeWriter?
        do throws(TapeError) {
            let writer = try test.writer(segmentSizeMax: WriterWorld.segmentSizeMax)
            openDays = []
            for _ in 0..<groups {
                try append(to: writer)
                guard let group = writer.takeGroup() else { continue }
                failed = writer
                try writer.commit(group)
                failed = nil
                for day in openDays { acknowledged[day] = offered[day]!.count }
                violations += afterAck(self)
            }
            try writer.close()
            return nil
        } catch {
            if let failed { refusesMore(failed) }
            return error
        }
    }

    /// Compares the tape with what was acknowledged, as a reader sees it that opens it now.
    func missing(in tape: Tape) -> [String] {
        var found: [String] = []
        for day in acknowledged.keys.sorted() {
            do throws(TapeError) {
                let content = try DayContent(tape, TestTape.stream, day)
                found += compare(content, day, atLeast: acknowledged[day]!)
            } catch {
                found.append("\(day) cannot be read: \(error)")
            }
        }
        return found
    }

    /// Opens a writer, which recovers every day, and compares all of them.
    mutating func recover() {
        do throws(TapeError) {
            let writer = try test.writer(segmentSizeMax: WriterWorld.segmentSizeMax)
            for day in offered.keys.sorted() {
                goOn(day, at: Int(try writer.nextNumber(of: day)))
            }
            try writer.close()
        } catch {
            violations.append("no writer after it: \(error)")
        }
        violations += missing(in: test.tape)
    }

    private func compare(_ content: DayContent, _ day: TradingDay, atLeast count: Int) -> [String] {
        var found = content.damages.map(\.description)
        if content.numbers != Array(0..<UInt64(content.numbers.count)) { found.append("\(day) has holes") }
        if content.messages.count < count {
            found.append("\(day) has \(content.messages.count) messages, \(count) were acknowledged")
        }
        if content.messages != Array((offered[day] ?? []).prefix(content.messages.count)) {
            found.append("\(day) gives other messages than it was given")
        }
        return found
    }

    private mutating func append(to writer: TapeWriter) throws(TapeError) {
        for _ in 0..<(1 + random.below(4)) {
            let day = [TestTape.monday, TestTape.tuesday][random.below(2)]
            written += 1
            let message = StoredMessage(
                Array("\(day) \(written) ".utf8) + [UInt8](repeating: 0x2A, count: random.below(90)),
                receiveTimeNanos: Int64(written), channel: UInt16(written % 7), direction: UInt8(written % 2))
            let number = Int(try message.append(to: writer, day))
            if openDays.insert(day).inserted { goOn(day, at: number) }
            if number != offered[day, default: []].count {
                violations.append("\(day) gives number \(number), expected \(offered[day]!.count)")
            }
            offered[day, default: []].append(message)
        }
    }

    /// Recovery has taken over the day's first `next` messages; the others never were on the tape.
    private mutating func goOn(_ day: TradingDay, at next: Int) {
        let (least, most) = (acknowledged[day] ?? 0, offered[day]?.count ?? 0)
        if !(least...most).contains(next) {
            violations.append("\(day) goes on at \(next), acknowledged were \(least), appended \(most)")
        }
        offered[day] = Array((offered[day] ?? []).prefix(next))
        // What recovery has taken over is durable.
        acknowledged[day] = next
    }

    /// After an error nothing more is acknowledged.
    private mutating func refusesMore(_ writer: TapeWriter) {
        do throws(TapeError) {
            try StoredMessage([1]).append(to: writer, TestTape.monday)
            offered[TestTape.monday, default: []].append(StoredMessage([1]))
            guard let group = writer.takeGroup() else { return }
            try writer.commit(group)
            violations.append("a commit after a failed one was acknowledged")
        } catch {
            return
        }
    }
}
