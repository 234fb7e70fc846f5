internal import Market
internal import TestSupport

/// What a capture has given to its writer and what was acknowledged, by day.
final class CaptureModel {
    private struct Day {
        var offered: [StoredMessage] = []
        var acknowledged = 0
    }

    private var content: [TradingDay: Day] = [:]
    /// Days to which the present writer has appended.
    private var open: Set<TradingDay> = []

    /// All days with messages, sorted.
    var days: [TradingDay] { content.keys.sorted() }

    /// Whether anything of a day has to be on the tape.
    func isRequired(_ day: TradingDay) -> Bool { content[day]?.acknowledged ?? 0 > 0 }

    /// A new writer has begun.
    func begin() { open = [] }

    /// The writer says at which number a day goes on: what recovery has taken over is durable, the rest never
    /// was on the tape. Returns what is wrong with that.
    func goesOn(_ day: TradingDay, at next: Int) -> [String] {
        var state = content[day] ?? Day()
        if open.insert(day).inserted {
            guard (state.acknowledged...state.offered.count).contains(next) else {
                return [
                    "\(day) goes on at \(next); acknowledged \(state.acknowledged), given \(state.offered.count)"
                ]
            }
            state.offered.removeLast(state.offered.count - next)
            state.acknowledged = next
            content[day] = state
        }
        return next == state.offered.count
            ? [] : ["\(day) gives number \(next) after \(state.offered.count) messages"]
    }

    /// The writer has taken a message.
    func take(_ message: StoredMessage, _ day: TradingDay) {
        content[day, default: Day()].offered.append(message)
    }

    /// All that the present writer has taken is durable.
    func acknowledgeAll() {
        for day in open { content[day]!.acknowledged = content[day]!.offered.count }
    }

    /// The first messages of a day are durable for another reason.
    func acknowledge(_ day: TradingDay, _ count: Int) {
        content[day]!.acknowledged = max(content[day]!.acknowledged, count)
    }

    /// What is wrong with a day's content.
    func problems(_ day: TradingDay, _ messages: [StoredMessage]) -> [String] {
        let state = content[day] ?? Day()
        if messages.count < state.acknowledged {
            return ["\(day) has \(messages.count) messages, \(state.acknowledged) were acknowledged"]
        }
        if messages.count > state.offered.count || messages[...] != state.offered[..<messages.count] {
            return ["\(day) gives other messages than it was given"]
        }
        return []
    }
}
