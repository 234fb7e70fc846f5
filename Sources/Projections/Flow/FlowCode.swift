internal import Columns
internal import Market

/// The stored form of ``FlowDay``:
///
/// ```
/// varints   state, age, days, brokers, conflicts, untyped, flaws, effort
/// zigzag    nets of retail, foreign, institution, government
/// varint    1 and the net of foreign investors (zigzag), or 0
/// varint    1 if there is a close, which the doubles then begin with
/// doubles   IEEE 754, eight bytes, little-endian: close, result, ngr, literal, foreign absolute, elasticity, net
///           elasticity; per window effort, result, ngr, elasticity
/// ```
///
/// The form is canonical: the same day always gives the same bytes.
public enum FlowCode {
    /// The stored form.
    public static func encode(_ day: FlowDay) -> [UInt8] {
        var bytes: [UInt8] = []
        let counts = [
            UInt64(day.state.rawValue), day.age, day.dayCount, day.brokerCount, day.conflictCount,
            day.untypedCount, UInt64(day.flaws.rawValue),
        ]
        for count in counts { Varint.append(count, to: &bytes) }
        Varint.append(day.effort, to: &bytes)
        for net in day.nets { append(net, to: &bytes) }
        Varint.append(UInt64(day.foreignInvestorNet == nil ? 0 : 1), to: &bytes)
        if let net = day.foreignInvestorNet { append(net, to: &bytes) }
        Varint.append(UInt64(day.close == nil ? 0 : 1), to: &bytes)
        for double in doubles(day) {
            withUnsafeBytes(of: double.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// Reads the stored form; nil where ``encode(_:)`` would not write the bytes.
    public static func decode(_ bytes: [UInt8]) -> FlowDay? {
        let day = bytes.withUnsafeBytes { raw -> FlowDay? in
            var reader = VarintReader(raw)
            guard let state = UInt8(exactly: reader.next()).flatMap({ FlowDay.State(rawValue: $0) }) else {
                return nil
            }
            var day = FlowDay()
            day.state = state
            (day.age, day.dayCount, day.brokerCount) = (reader.next(), reader.next(), reader.next())
            (day.conflictCount, day.untypedCount) = (reader.next(), reader.next())
            day.flaws = BrokerSummary.Flaws(rawValue: UInt16(truncatingIfNeeded: reader.next()))
            day.effort = reader.nextWide()
            for index in day.nets.indices { day.nets[index] = signed(&reader) }
            if reader.next() == 1 { day.foreignInvestorNet = signed(&reader) }
            if reader.next() == 1 { day.close = double(&reader) }
            day.result = double(&reader)
            day.ngr = double(&reader)
            day.ngrLiteral = double(&reader)
            day.ngrForeignAbsolute = double(&reader)
            day.elasticity = double(&reader)
            day.elasticityNet = double(&reader)
            for index in day.scores.indices {
                day.scores[index].effort = double(&reader)
                day.scores[index].result = double(&reader)
                day.scores[index].ngr = double(&reader)
                day.scores[index].elasticity = double(&reader)
            }
            // Sums of nets must not overflow.
            let isSmall = day.nets.allSatisfy { $0.magnitude < netMax } && day.effort < netMax
            return reader.failed || !isSmall ? nil : day
        }
        return day.flatMap { encode($0) == bytes ? $0 : nil }
    }

    private static let netMax: UInt128 = 1 << 110

    private static func doubles(_ day: FlowDay) -> [Double] {
        [day.close].compactMap { $0 }
            + [
                day.result, day.ngr, day.ngrLiteral, day.ngrForeignAbsolute, day.elasticity,
                day.elasticityNet,
            ] + day.scores.flatMap { [$0.effort, $0.result, $0.ngr, $0.elasticity] }
    }

    private static func append(_ value: Int128, to bytes: inout [UInt8]) {
        Varint.append(UInt128(bitPattern: (value << 1) ^ (value >> 127)), to: &bytes)
    }

    private static func signed(_ reader: inout VarintReader) -> Int128 {
        let raw = reader.nextWide()
        return Int128(bitPattern: raw >> 1) ^ -Int128(bitPattern: raw & 1)
    }

    private static func double(_ reader: inout VarintReader) -> Double {
        guard let bytes = reader.bytes(8) else { return 0 }
        return Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)))
    }
}
