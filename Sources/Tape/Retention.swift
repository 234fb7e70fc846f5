internal import Market

/// How long a stream's bytes are kept, as `streams.json` says under `retention`. Days are calendar days in WIB
/// before today; what is absent is kept for ever.
public struct Retention: Codable, Equatable, Sendable {
    /// Days for which hot segments are kept although they are sealed; 0 or more. Absent: what the
    /// configuration says, else 0.
    public var hotDays: Int?
    /// Days for which sealed days are kept; 1 or more. Older ones leave a ``Tombstone``.
    public var sealedDays: Int?

    /// Most days that can be asked for.
    public static let daysMax = 1_000_000

    /// A policy.
    public init(hotDays: Int? = nil, sealedDays: Int? = nil) {
        self.hotDays = hotDays
        self.sealedDays = sealedDays
    }

    /// Reads a policy; a key that it does not know is refused, since a misspelt one would keep or remove silently.
    public init(from decoder: any Decoder) throws {
        for key in try decoder.container(keyedBy: AnyKey.self).allKeys
        where CodingKeys(stringValue: key.stringValue) == nil {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath + [key],
                    debugDescription: "unknown; known are hot_days and sealed_days"))
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        hotDays = try container.decodeIfPresent(Int.self, forKey: .hotDays)
        sealedDays = try container.decodeIfPresent(Int.self, forKey: .sealedDays)
    }

    private enum CodingKeys: String, CodingKey { case hotDays, sealedDays }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }

    /// What is wrong with it, in words; nil where it can be followed. A wrong number must not remove anything.
    var flaw: String? {
        if let hotDays, !(0...Retention.daysMax).contains(hotDays) {
            return "hot_days \(hotDays): expected 0 to \(Retention.daysMax)"
        }
        if let sealedDays, !(1...Retention.daysMax).contains(sealedDays) {
            return "sealed_days \(sealedDays): expected 1 to \(Retention.daysMax)"
        }
        return nil
    }
}
