internal import Columns
internal import Feed
public import Market
public import Projections
public import Tape

/// Replays a day for what coverage says beyond the counts that the store keeps: a whole day is read, about 6 M messages
/// a second.
public enum CoverageReplay {
    /// The detail of a stream's day.
    /// - Throws: ``ReplayError``; damage on the tape shows as gaps.
    public static func detail(
        tape: Tape, stream: StreamName, day: TradingDay,
        progress: ReplayProgress = ReplayProgress()
    ) throws(ReplayError) -> CoverageDetail {
        do throws(TapeError) {
            let scales = try Catalog.load(tape).stream(stream)?.scales ?? .whole
            let cursor = try DayCursor(tape: tape, stream: stream, day: day)
            var decoder = MessageDecoder(day: day, priceScale: scales.price, quantityScale: scales.quantity)
            let block = EventBlock(messageCapacity: DayCursor.batchCountMax)
            let gate = TradeGate()
            var detail = CoverageDetail()
            while !progress.isStopped, let messages = try cursor.next() {
                decoder.decode(messages, into: block)
                let trades = UnsafeMutableBufferPointer(start: block.trades, count: block.tradeCount)
                gate.mark(trades)
                detail.fold(UnsafeBufferPointer(trades), of: messages, day: day)
            }
            return detail
        } catch {
            throw .tape(error)
        }
    }
}
