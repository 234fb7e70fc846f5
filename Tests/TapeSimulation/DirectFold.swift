internal import Columns
internal import Feed
internal import Market
internal import Platform
internal import Projections
internal import Replay
internal import Tape
internal import TestSupport

/// Folds messages straight from memory, without a tape between: what a replay has to come to.
final class DirectFold {
    private let block = EventBlock(messageCapacity: DayCursor.batchCountMax)
    private let gate = TradeGate()
    private let footprint = FootprintFold()

    func rows(_ messages: [StoredMessage], on day: TradingDay) -> DayReplay.Rows {
        gate.reset()
        footprint.reset()
        var rows = DayReplay.Rows()
        var coverage = CoverageFold()
        var decoder = MessageDecoder(day: day, priceScale: .whole, quantityScale: .whole)
        for (number, message) in messages.enumerated() {
            let padded = message.payload + [UInt8](repeating: 0, count: RawMessage.payloadSlack)
            padded.withUnsafeBytes { bytes in
                let raw = RawMessage(
                    payload: bytes.baseAddress!, payloadSize: message.payload.count, number: UInt64(number),
                    receiveTimeNanos: message.receiveTimeNanos, channel: message.channel,
                    direction: message.direction)
                withUnsafePointer(to: raw) {
                    decoder.decode(UnsafeBufferPointer(start: $0, count: 1), into: block)
                }
            }
            let trades = UnsafeMutableBufferPointer(start: block.trades, count: block.tradeCount)
            gate.mark(trades)
            footprint.fold(UnsafeBufferPointer(trades))
            coverage.fold(UnsafeBufferPointer(trades))
            coverage.fold(
                messages: block.untimedMessageCount, undecodable: block.undecodable.count,
                other: block.otherCount)
            rows.undecodable += block.undecodable
        }
        rows.coverage = CoverageCode.pack(coverage.rows)
        let candles = PackedCandles()
        footprint.pack(into: candles)
        let emitted = FootprintRows([(candles, decoder.symbols.symbols)], day: day)
        emitted.emit(
            0..<emitted.symbolCount, pack: { _, _, _ in },
            canonical: { rows.digests.append(.init(symbol: $0, hash: SHA256.hash($1))) })
        return rows
    }
}
