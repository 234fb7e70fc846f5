/// The sessions of one day: seconds since 00:00:00 WIB, both ends included.
public struct SessionSchedule: Hashable, Sendable {
    /// Order collection and matching before the open.
    public let preOpening: ClosedRange<Int>
    /// First continuous session. Its last second is the full minute at which it ends: prints stamped
    /// 12:00:00 belong to the session, and the candle of that minute is a continuous one.
    public let morning: ClosedRange<Int>
    /// Second continuous session.
    public let afternoon: ClosedRange<Int>
    /// Pre-closing and the closing auction.
    public let closingAuction: ClosedRange<Int>
    /// Trading at the closing price.
    public let postClosing: ClosedRange<Int>

    /// When the closing auction may end, at a second that the exchange draws (PROTOCOLS §4.1).
    public let randomClose: ClosedRange<Int>

    /// A schedule of dated data.
    public init(
        preOpening: ClosedRange<Int>, morning: ClosedRange<Int>, afternoon: ClosedRange<Int>,
        closingAuction: ClosedRange<Int>, postClosing: ClosedRange<Int>, randomClose: ClosedRange<Int>
    ) {
        self.preOpening = preOpening
        self.morning = morning
        self.afternoon = afternoon
        self.closingAuction = closingAuction
        self.postClosing = postClosing
        self.randomClose = randomClose
    }

    /// The phase of a second; `closed` outside every session.
    public func phase(second: Int) -> SessionPhase {
        if morning.contains(second) || afternoon.contains(second) { return .continuous }
        if closingAuction.contains(second) { return .closingAuction }
        if postClosing.contains(second) { return .postClosing }
        if preOpening.contains(second) { return .preOpening }
        return .closed
    }

    /// The session in which a second lies; nil outside all of them.
    public func session(second: Int) -> ClosedRange<Int>? {
        [morning, afternoon, closingAuction, postClosing, preOpening].first { $0.contains(second) }
    }

    /// Minutes of continuous trading: 320 Monday to Thursday, 260 on Fridays.
    public var continuousMinutes: Int {
        (morning.upperBound - morning.lowerBound) / 60
            + (afternoon.upperBound + 1 - afternoon.lowerBound) / 60
    }
}
