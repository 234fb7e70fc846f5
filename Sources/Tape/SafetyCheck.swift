public import Market
internal import Platform

/// The first step of housekeeping (TAPE "Housekeeping"): while today's data of a stream is missing, something
/// is wrong with its capture, and a scheduled run leaves everything as it is.
///
/// Only streams that `streams.json` calls `"daily": true` are asked, and only on days on which their market
/// trades: `crypto` every day, any other market when the exchange does (weekdays, in years without a calendar).
public struct SafetyCheck {
    private let tape: Tape
    private let calendar: TradingCalendar

    /// The check of a tape by its own clock.
    public init(tape: Tape, calendar: TradingCalendar = .idx) {
        self.tape = tape
        self.calendar = calendar
    }

    /// Today in WIB.
    public var today: TradingDay { TradingDay(containing: Timestamp(nanos: tape.clock.wallNanos())) }

    /// The daily streams without a durable message of today, sorted; of all or of one.
    public func streamsLackingToday(only: StreamName? = nil) throws(TapeError) -> [StreamName] {
        let existing = Set(try tape.streams())
        var lacking: [StreamName] = []
        for (text, entry) in try Catalog.load(tape).streams where entry.daily == true {
            let stream = try StreamName(text)
            guard only == nil || only == stream, trades(entry.market) else { continue }
            guard existing.contains(stream), try tape.days(of: stream).contains(today),
                try DayCursor(tape: tape, stream: stream, day: today).endNumber > 0
            else {
                lacking.append(stream)
                continue
            }
        }
        return lacking.sorted()
    }

    private func trades(_ market: String) -> Bool {
        market == "crypto" || calendar.isTradingDay(today) ?? (today.weekday <= 5)
    }
}
