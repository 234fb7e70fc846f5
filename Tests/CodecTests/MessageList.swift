import Columns
import Feed

/// Payloads in one piece of memory, as the tape's readers hand them out: readable bytes behind each.
final class MessageList {
    let payloads: [[UInt8]]
    let messages: [RawMessage]
    private let memory: UnsafeMutableRawPointer

    init(_ payloads: [[UInt8]]) {
        self.payloads = payloads
        let size = payloads.reduce(0) { $0 + $1.count } + RawMessage.payloadSlack
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        var offset = 0
        messages = payloads.enumerated().map { number, payload in
            payload.withUnsafeBytes { bytes in
                if let source = bytes.baseAddress {
                    (memory + offset).copyMemory(from: source, byteCount: bytes.count)
                }
            }
            defer { offset += payload.count }
            return RawMessage(
                payload: memory + offset, payloadSize: payload.count, number: UInt64(number),
                receiveTimeNanos: Int64.min, channel: 0, direction: 0)
        }
        self.memory = memory
    }

    convenience init(lines: [String]) { self.init(lines.map { Array($0.utf8) }) }

    /// The lines of a file, without their LF.
    convenience init(file: [UInt8]) {
        var payloads = file.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        if payloads.last == [] { payloads.removeLast() }
        self.init(payloads)
    }

    deinit { memory.deallocate() }

    func encode(_ codec: any BlockCodec) -> ColumnBlock {
        messages.withUnsafeBufferPointer { codec.encode($0) }
    }

    /// The codec that their layout asks for.
    var chosenCodec: any BlockCodec {
        withExtendedLifetime(self) { messages.withUnsafeBufferPointer { BlockCodecs.choose(for: $0) } }
    }

    /// The messages cut where the hour of the lines advances, as sealed blocks are.
    func hours(at offset: Int) -> [MessageList] {
        var blocks: [[[UInt8]]] = [[]]
        var hour: [UInt8] = []
        for payload in payloads {
            let next = Array(payload.dropFirst(offset).prefix(2))
            if !hour.isEmpty, hour.lexicographicallyPrecedes(next) { blocks.append([]) }
            if hour.isEmpty || hour.lexicographicallyPrecedes(next) { hour = next }
            blocks[blocks.count - 1].append(payload)
        }
        return blocks.map(MessageList.init)
    }
}

/// Columns in memory as a reader gets them, each with slack behind.
final class LoadedColumns {
    private(set) var set = ColumnSet()
    private var memory: [UnsafeMutableRawPointer] = []

    init(_ columns: [Column]) {
        for column in columns {
            let size = column.bytes.count + RawMessage.payloadSlack
            let base = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
            base.initializeMemory(as: UInt8.self, repeating: 0xA5, count: size)
            column.bytes.withUnsafeBytes { base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            memory.append(base)
            set[column.id] = UnsafeRawBufferPointer(start: base, count: column.bytes.count)
        }
    }

    deinit { for base in memory { base.deallocate() } }

    /// The payloads; nil where the codec says that the columns are damaged.
    func decode(_ codec: any BlockCodec, messageCount: Int) -> [[UInt8]]? {
        var payloads: [[UInt8]] = []
        let isWhole = codec.decode(set, messageCount: messageCount) { payloads.append(Array($0)) }
        return isWhole ? payloads : nil
    }
}

extension MessageList {
    /// Whether the codec gives the payloads back, and the block it made.
    func roundTrip(_ codec: any BlockCodec) -> (isSame: Bool, block: ColumnBlock) {
        let block = encode(codec)
        let back = LoadedColumns(block.columns).decode(codec, messageCount: payloads.count)
        return (back == payloads && block.messageCount == payloads.count, block)
    }
}
