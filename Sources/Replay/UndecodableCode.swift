internal import Columns
public import Feed

/// The stored form of undecodable messages: per record the step from the message before, the record's index
/// and the reason's number, as varints. The first message's number is in the key.
public enum UndecodableCode {
    /// Records in a chunk at most.
    static let chunkCountMax = 512

    static func pack(_ records: ArraySlice<Undecodable>) -> [UInt8] {
        var bytes: [UInt8] = []
        var last = records.first?.messageNumber ?? 0
        for record in records {
            Varint.append(record.messageNumber - last, to: &bytes)
            Varint.append(UInt64(record.recordIndex), to: &bytes)
            Varint.append(UInt64(record.reason.rawValue), to: &bytes)
            last = record.messageNumber
        }
        return bytes
    }

    /// The records of a chunk; nil where the bytes are none.
    public static func unpack(_ bytes: UnsafeRawBufferPointer, firstNumber: UInt64) -> [Undecodable]? {
        var reader = VarintReader(bytes)
        var records: [Undecodable] = []
        var number = firstNumber
        while !reader.isAtEnd {
            number &+= reader.next()
            guard let index = UInt16(exactly: reader.next()),
                let reason = UInt8(exactly: reader.next()).flatMap(UndecodableReason.init(rawValue:))
            else { return nil }
            records.append(Undecodable(messageNumber: number, recordIndex: index, reason: reason))
        }
        return reader.failed ? nil : records
    }
}
