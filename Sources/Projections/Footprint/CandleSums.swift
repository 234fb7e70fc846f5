internal import Columns

/// What summaries need of an earlier day's candle: no levels, so that twenty days of a market are read at once.
public struct CandleSums: Equatable, Sendable {
    /// Minute of the WIB day.
    public let minute: Int
    /// Price of the last trade.
    public let close: Int64
    /// Volume.
    public let volume: UInt128

    /// The sums of a candle.
    public init(_ candle: Candle) {
        minute = candle.minute
        close = candle.close
        volume = candle.volume
    }

    init(minute: Int, close: Int64, volume: UInt128) {
        self.minute = minute
        self.close = close
        self.volume = volume
    }
}

extension CandleCode {
    /// Calls `body` with the sums of each candle of a pack, by rising minute; see ``unpack(_:hour:)``.
    /// - Returns: False where the bytes are no pack.
    public static func forEachSums(
        _ pack: UnsafeRawBufferPointer, hour: Int, _ body: (CandleSums) -> Void
    ) -> Bool {
        var reader = VarintReader(pack)
        var minute = hour * 60
        while !reader.isAtEnd {
            let step = reader.next()
            let low = reader.nextSigned()
            _ = reader.next()
            let close = low &+ Int64(bitPattern: reader.next())
            let count = reader.next()
            guard step < 60, count > 0, !reader.failed else { return false }
            minute += Int(step)
            var volume: UInt128 = 0
            for _ in 0..<count {
                let has = reader.nextWide()
                for bit in [1, 2, 4] as [UInt128] where has & bit != 0 {
                    let part = reader.nextWide()
                    guard part <= volumeMax else { return false }
                    volume &+= part
                }
                _ = reader.next()
                guard !reader.failed, volume <= volumeMax else { return false }
            }
            body(CandleSums(minute: minute, close: close, volume: volume))
        }
        return !reader.failed && minute < (hour + 1) * 60
    }
}
