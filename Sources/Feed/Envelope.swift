/// The stored envelope of a message: `{"v":2,"fmt":"pipe","src":…,"raw":…,"ts":…}` (PROTOCOLS §1.5), one
/// line each. `ts` is the receive time in milliseconds.
struct Envelope {
    /// What `raw` is.
    enum Format {
        /// A trade line.
        case pipe
        /// An order-book message (PROTOCOLS §1.7).
        case orderBook2
    }

    let format: Format
    let raw: JSONScanner.Text
    /// The instrument, where the envelope names it.
    let code: JSONScanner.Text?
    /// Receive time in milliseconds since 1970 UTC, where given.
    let receivedMillis: Int64?

    /// A receive time beyond the year 2255 is none: it would not fit the tape's nanoseconds.
    private static let millisMax: Int64 = 9_000_000_000_000

    /// What a line of JSON is: an envelope, a packet, something else, or not JSON.
    enum Reading {
        case envelope(Envelope)
        /// A packet of the wire (``WireFrame``), and where the value of its `data` begins.
        case packet(data: Int?)
        case notAnEnvelope
        case flaw(UndecodableReason)
    }

    static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        var scanner = JSONScanner(bytes)
        var isEnvelope = false
        var isPacket = false
        var data: Int?
        var format: JSONScanner.Text?
        var raw: JSONScanner.Text?
        var code: JSONScanner.Text?
        var millis: Int64?
        var badTime = false
        scanner.skipBlank()
        let isWhole = scanner.object { key, scanner in
            if key.equals("fmt") {
                isEnvelope = true
                format = scanner.string()
                return format != nil || scanner.value()
            }
            if key.equals("raw") {
                raw = scanner.string()
                return raw != nil || scanner.value()
            }
            if key.equals("code"), scanner.byte == 0x22 {
                code = scanner.string()
                return code != nil
            }
            if key.equals("ts") {
                guard let text = scanner.number() else { return scanner.value() }
                millis = Digits.longValue(text).flatMap { Int64(exactly: $0) }
                badTime = millis == nil || millis! > Envelope.millisMax
                return true
            }
            if WireFrame.isPacketKey(key, valueAt: scanner) { isPacket = true }
            if key.equals("data") { data = scanner.position }
            return scanner.value()
        }
        guard isWhole, scanner.isAtEnd() else { return .flaw(.json) }
        guard isEnvelope else { return isPacket ? .packet(data: data) : .notAnEnvelope }
        guard let format, let raw, !badTime else { return .flaw(.envelope) }
        if format.equals("pipe") {
            return .envelope(Envelope(format: .pipe, raw: raw, code: code, receivedMillis: millis))
        }
        if format.equals("ob2") {
            return .envelope(Envelope(format: .orderBook2, raw: raw, code: code, receivedMillis: millis))
        }
        return .flaw(.envelope)
    }
}
