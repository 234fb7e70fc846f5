internal import Columns
internal import Feed
internal import Platform
internal import Tape

/// The payloads of one source, in order.
final class PayloadReader {
    /// A payload in the reader's window, valid until the next call, with readable bytes behind it.
    struct Payload {
        let bytes: UnsafeRawBufferPointer
        /// Where it begins in the decompressed source.
        let offset: Int64
        /// Whether the source ended before a LF ended the payload.
        let isOpen: Bool
    }

    private let name: String
    private let chunks: ChunkReader
    private var splitter: PayloadSplitter
    private var window: UnsafeMutableRawBufferPointer
    private var start = 0
    private var filled = 0
    private var windowOffset: Int64 = 0
    private var atEnd = false
    private var isStopped = false
    /// What the source was, once it has been read to its end.
    private(set) var total: ChunkReader.Total?
    private(set) var payloadCount = 0

    init(_ chunks: ChunkReader, name: String, layout: PayloadSplitter.Layout) {
        self.chunks = chunks
        self.name = name
        splitter = PayloadSplitter(layout: layout)
        window = .allocate(byteCount: 4 * chunks.chunkSize, alignment: 64)
        window.initializeMemory(as: UInt64.self, repeating: 0)
    }

    deinit {
        chunks.stop()
        window.deallocate()
    }

    /// Called when the source has nothing ready and ``next()`` is about to wait for it.
    var beforeWaiting: () throws(ImportError) -> Void = { () throws(ImportError) in }

    /// Offset in the source behind the last payload.
    var offset: Int64 { windowOffset + Int64(start) }

    /// Whether the source has been read to its end; false where reading was stopped or failed before.
    var isAtEnd: Bool { atEnd }

    /// The next payload; nil at the end of the source or when reading was stopped.
    func next() throws(ImportError) -> Payload? {
        while true {
            let content = UnsafeRawBufferPointer(start: window.baseAddress!, count: filled)
            switch splitter.next(in: content, from: start, atEnd: atEnd) {
            case .payload(let range, let next, let isOpen):
                let payload = Payload(
                    bytes: UnsafeRawBufferPointer(rebasing: content[range]),
                    offset: windowOffset + Int64(range.lowerBound), isOpen: isOpen)
                guard payload.bytes.count <= Frame.payloadSizeMax else { throw tooLarge(payload.offset) }
                start = next
                payloadCount += 1
                return payload
            case .end:
                return nil
            case .needMore:
                if isStopped { return nil }
                guard filled - start <= Frame.payloadSizeMax + 1 else { throw tooLarge(offset) }
                if !chunks.hasMore { try beforeWaiting() }
                try refill()
            }
        }
    }

    private func refill() throws(ImportError) {
        guard let chunk = chunks.next() else {
            // What follows the last LF is a payload only where the source has truly ended.
            do throws(SourceError) {
                total = try chunks.ending()
            } catch {
                throw .source(error)
            }
            atEnd = total != nil
            isStopped = total == nil
            return
        }
        defer { chunks.recycle(chunk) }
        let left = filled - start
        let needed = left + chunk.count + RawMessage.payloadSlack
        if needed > window.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: needed * 2, alignment: 64)
            larger.initializeMemory(as: UInt64.self, repeating: 0)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: window[start..<filled]))
            window.deallocate()
            window = larger
        } else if start > 0 {
            window.copyMemory(from: UnsafeRawBufferPointer(rebasing: window[start..<filled]))
        }
        windowOffset += Int64(start)
        start = 0
        UnsafeMutableRawBufferPointer(rebasing: window[left...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: chunk.storage[..<chunk.count]))
        filled = left + chunk.count
    }

    private func tooLarge(_ offset: Int64) -> ImportError {
        .payloadTooLarge(
            source: name, payload: payloadCount + 1, byte: offset, limit: Frame.payloadSizeMax)
    }
}
