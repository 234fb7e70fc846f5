/// A frame of the feed's socket (PROTOCOLS §1.1, §1.3): a packet `{"event":…,"data":…}` or
/// `{"rid":…,"data":…}`, or an array of packets.
///
/// The records of a packet are the leaves below its `data`: a string, each element of an array, and the
/// same below the `data` of objects therein, so that
/// `{"event":"stream","data":{"rtype":"LT","data":"B|…"}}` and
/// `{"event":"record","data":{"recno":1,"data":{"rtype":"LT","data":["B|…","B|…"]}}}` both give lines. A packet
/// without any is one record.
struct WireFrame {
    /// A record in frame order; its text where it is a trade line.
    typealias Record = JSONScanner.Text?

    /// The records of the frame read last.
    private(set) var records: [Record] = []
    /// The records that are order books, in frame order.
    private(set) var books: [Book] = []
    private var overran = false

    /// A record of an order book (PROTOCOLS §1.7).
    struct Book {
        let recordIndex: UInt16
        let text: JSONScanner.Text
        /// The instrument, where the object around the text names it.
        let code: JSONScanner.Text?
    }

    /// Positions have 16 bits for the record (``Undecodable/recordIndex``).
    static let recordCountMax = 1 << 16
    /// Deeper `data` is a record as it is.
    private static let depthMax = 8

    /// Whether one of the records is a trade line.
    var hasTrades: Bool { records.contains { $0 != nil } }

    /// Whether a member says that its object is a packet; the scanner stands at the value.
    static func isPacketKey(_ key: JSONScanner.Text, valueAt scanner: JSONScanner) -> Bool {
        if key.equals("event") { return scanner.byte == 0x22 }
        return key.equals("rid") && scanner.byte >= 0x30 && scanner.byte <= 0x39
    }

    /// Whether a message is one of the protocol's pings.
    static func isPing(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count == 2 && bytes[0] == 0x23 && (bytes[1] == 0x31 || bytes[1] == 0x32)
    }

    /// Reads the records of a packet that is known to be one, and where its `data` begins.
    /// - Returns: What is wrong with it, or nil.
    mutating func read(packet bytes: UnsafeRawBufferPointer, data: Int?) -> UndecodableReason? {
        records.removeAll(keepingCapacity: true)
        books.removeAll(keepingCapacity: true)
        overran = false
        packet(bytes, data)
        return overran ? .recordCount : nil
    }

    /// Reads the records of an array of packets.
    /// - Returns: What is wrong with it, or nil.
    mutating func read(batch bytes: UnsafeRawBufferPointer) -> UndecodableReason? {
        records.removeAll(keepingCapacity: true)
        books.removeAll(keepingCapacity: true)
        overran = false
        var scanner = JSONScanner(bytes)
        let isWhole = scanner.array { scanner in
            guard scanner.byte == 0x7B else { return false }
            var isPacket = false
            var data: Int?
            let isObject = scanner.object { key, scanner in
                if WireFrame.isPacketKey(key, valueAt: scanner) { isPacket = true }
                if key.equals("data") { data = scanner.position }
                return scanner.value()
            }
            guard isObject, isPacket else { return false }
            packet(bytes, data)
            return true
        }
        guard isWhole, scanner.isAtEnd(), !records.isEmpty else { return .unknownLayout }
        return overran ? .recordCount : nil
    }

    /// Adds the records of a packet, at least one.
    private mutating func packet(_ bytes: UnsafeRawBufferPointer, _ data: Int?) {
        let before = records.count
        if let data { content(JSONScanner(bytes, from: data), type: nil, depth: 0) }
        if records.count == before { add(nil) }
    }

    /// Adds the records in the value at which a scanner stands, which is known to be JSON. `type` is the
    /// `rtype` of the innermost object around it that has one.
    private mutating func content(_ start: JSONScanner, type: JSONScanner.Text?, depth: Int) {
        var scanner = start
        guard depth < WireFrame.depthMax, !overran else { return add(nil) }
        switch scanner.byte {
        case 0x22: if let text = scanner.string() { add(text, type) }
        case 0x5B:
            _ = scanner.array { scanner in
                content(scanner, type: type, depth: depth + 1)
                return scanner.value()
            }
        case 0x7B:
            var type = type
            var text: JSONScanner.Text?
            var code: JSONScanner.Text?
            var data: Int?
            _ = scanner.object { key, scanner in
                let isString = scanner.byte == 0x22
                if isString, key.equals("rtype") {
                    type = scanner.string()
                    return type != nil
                }
                if isString, key.equals("code") {
                    code = scanner.string()
                    return code != nil
                }
                guard key.equals("data") else { return scanner.value() }
                data = scanner.position
                text = isString ? scanner.string() : nil
                return text != nil || scanner.value()
            }
            if let text { return add(text, type, code: code) }
            guard let data else { return add(nil) }
            content(JSONScanner(scanner.bytes, from: data), type: type, depth: depth + 1)
        default: add(nil)
        }
    }

    /// Adds a string; it is a trade where the type says so, or, where there is none, its beginning.
    private mutating func add(
        _ text: JSONScanner.Text, _ type: JSONScanner.Text?, code: JSONScanner.Text? = nil
    ) {
        if let type, type.equals("OB2"), records.count < WireFrame.recordCountMax {
            books.append(Book(recordIndex: UInt16(records.count), text: text, code: code))
        }
        add(type.map { $0.equals("LT") } ?? TradeLineFinder.isLine(text.raw) ? text : nil)
    }

    private mutating func add(_ record: Record) {
        if records.count < WireFrame.recordCountMax { records.append(record) } else { overran = true }
    }
}
