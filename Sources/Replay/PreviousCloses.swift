internal import Columns
internal import Feed
public import Market
internal import Projections
public import Tape

/// The closes of the day before, as the lines of a day name them in field 12 (PROTOCOLS §1.5): where one is not the last
/// close that the tape has, something happened to the share in between (PROJECTIONS §8).
public enum PreviousCloses {
    /// Reads a day: about 6 M messages a second.
    /// - Returns: In the stream's price scale, by symbol, from its first regular-board line of twenty fields.
    public static func read(
        tape: Tape, stream: StreamName, day: TradingDay
    ) throws(ReplayError) -> [Symbol: Int64] {
        do throws(TapeError) {
            let scales = try Catalog.load(tape).stream(stream)?.scales ?? .whole
            let cursor = try DayCursor(tape: tape, stream: stream, day: day)
            let found = Found(digits: Int(scales.price.digits))
            var decoder = MessageDecoder(day: day, priceScale: scales.price, quantityScale: scales.quantity)
            decoder.onLine = { found.visit($0, $1) }
            let block = EventBlock(messageCapacity: DayCursor.batchCountMax)
            while let messages = try cursor.next() { decoder.decode(messages, into: block) }
            let symbols = decoder.symbols.symbols
            return Dictionary(uniqueKeysWithValues: found.closes.map { (symbols[Int($0.key)], $0.value) })
        } catch {
            throw .tape(error)
        }
    }

    private final class Found {
        private let factor: Int64
        var closes: [UInt32: Int64] = [:]

        init(digits: Int) { factor = (0..<digits).reduce(1) { power, _ in power * 10 } }

        func visit(_ line: UnsafeRawBufferPointer, _ trade: Trade) {
            guard trade.board == .regular, trade.status == .fresh, closes[trade.symbol] == nil else { return }
            let fields = line.split(
                separator: UInt8(ascii: "|"), maxSplits: 13, omittingEmptySubsequences: false)
            guard fields.count == 14, let close = Int64(String(decoding: fields[12], as: UTF8.self)),
                close > 0
            else { return }
            let (scaled, overflow) = close.multipliedReportingOverflow(by: factor)
            if !overflow { closes[trade.symbol] = scaled }
        }
    }
}
