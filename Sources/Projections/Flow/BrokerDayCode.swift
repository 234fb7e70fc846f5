internal import Columns
internal import Market

/// The stored form of ``BrokerDay``, all varints:
///
/// ```
/// flaws, brokers, conflicts, untyped
/// retail, foreign, institution, government: each buy value, sell value, buy lots, sell lots
/// foreign investors: 1 and the same four, or 0
/// ```
///
/// and of its origin, which is not digested: message number, documents, and either 0 or 1 and the receive time
/// (zigzag). The forms are canonical.
public enum BrokerDayCode {
    /// The digested form.
    public static func encode(_ row: BrokerDay) -> [UInt8] {
        var bytes: [UInt8] = []
        Varint.append(UInt64(row.flaws.rawValue), to: &bytes)
        for count in [row.brokerCount, row.conflictCount, row.untypedCount] {
            Varint.append(count, to: &bytes)
        }
        for amounts in row.amounts { append(amounts, to: &bytes) }
        Varint.append(UInt64(row.foreignInvestors == nil ? 0 : 1), to: &bytes)
        if let amounts = row.foreignInvestors { append(amounts, to: &bytes) }
        return bytes
    }

    /// Reads the digested form; nil where ``encode(_:)`` would not write the bytes.
    public static func decode(_ bytes: [UInt8]) -> BrokerDay? {
        let row = bytes.withUnsafeBytes { raw -> BrokerDay? in
            var reader = VarintReader(raw)
            var row = BrokerDay()
            row.flaws = BrokerSummary.Flaws(rawValue: UInt16(truncatingIfNeeded: reader.next()))
            row.brokerCount = reader.next()
            row.conflictCount = reader.next()
            row.untypedCount = reader.next()
            for index in row.amounts.indices { row.amounts[index] = amounts(&reader) }
            if reader.next() == 1 { row.foreignInvestors = amounts(&reader) }
            // Sums of sums, and prices times factors, must not overflow.
            let parts = row.amounts + [row.foreignInvestors].compactMap { $0 }
            let isSmall = parts.allSatisfy {
                max($0.buyValue, $0.sellValue, $0.buyLots, $0.sellLots) < amountMax
            }
            return reader.failed || !isSmall ? nil : row
        }
        return row.flatMap { encode($0) == bytes ? $0 : nil }
    }

    /// The form of an origin.
    public static func encode(_ origin: BrokerDay.Origin) -> [UInt8] {
        var bytes: [UInt8] = []
        Varint.append(origin.messageNumber, to: &bytes)
        Varint.append(origin.documentCount, to: &bytes)
        Varint.append(UInt64(origin.receiveTime == nil ? 0 : 1), to: &bytes)
        if let time = origin.receiveTime { Varint.appendSigned(time.nanos, to: &bytes) }
        return bytes
    }

    /// Reads an origin; nil where ``encode(_:)`` would not write the bytes.
    public static func decodeOrigin(_ bytes: [UInt8]) -> BrokerDay.Origin? {
        let origin = bytes.withUnsafeBytes { raw -> BrokerDay.Origin? in
            var reader = VarintReader(raw)
            let (number, count) = (reader.next(), reader.next())
            let time = reader.next() == 1 ? Timestamp(nanos: reader.nextSigned()) : nil
            return reader.failed
                ? nil : BrokerDay.Origin(messageNumber: number, receiveTime: time, documentCount: count)
        }
        return origin.flatMap { encode($0) == bytes ? $0 : nil }
    }

    private static let amountMax: UInt128 = 1 << 80

    private static func append(_ amounts: BrokerDay.Amounts, to bytes: inout [UInt8]) {
        for amount in [amounts.buyValue, amounts.sellValue, amounts.buyLots, amounts.sellLots] {
            Varint.append(amount, to: &bytes)
        }
    }

    private static func amounts(_ reader: inout VarintReader) -> BrokerDay.Amounts {
        var amounts = BrokerDay.Amounts()
        amounts.buyValue = reader.nextWide()
        amounts.sellValue = reader.nextWide()
        amounts.buyLots = reader.nextWide()
        amounts.sellLots = reader.nextWide()
        return amounts
    }
}
