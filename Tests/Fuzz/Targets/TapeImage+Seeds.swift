internal import Columns
internal import Market
internal import Tape
internal import TestSupport

extension TapeImage {
    /// A tape with these messages, every other one received over a connection, as one import.
    /// - Parameter isClosed: Whether the importing process came to its end.
    static func made(_ payloads: [[UInt8]], segmentSizeMax: Int64 = 1024, isClosed: Bool = true) -> TapeImage
    {
        let image = TapeImage()
        do {
            _ = try Catalog.register(stream, scales: .whole, tape: image.tape)
            let writer = try TapeWriter(
                tape: image.tape, stream: stream, scales: .whole, segmentSizeMax: segmentSizeMax)
            let source = SourceImport(writer: writer, date: day, layout: "lines", continuing: nil)
            for (number, payload) in payloads.enumerated() {
                let bytes = PaddedBytes(payload)
                try withExtendedLifetime(bytes) {
                    let isLive = number % 2 == 1
                    _ = try source.append(
                        RawMessage(
                            payload: bytes.bytes.baseAddress!, payloadSize: payload.count, number: 0,
                            receiveTimeNanos: isLive ? 1_767_319_200_000_000_000 + Int64(number) : Int64.min,
                            channel: isLive ? 3 : 0, direction: 0), to: day)
                }
            }
            if let group = writer.takeGroup() { try writer.commit(group) }
            guard isClosed else {
                image.disk.kill()
                return image
            }
            try source.end(
                SourceDigest(
                    size: 100, crc: 7, sha256: String(repeating: "a", count: 64), messages: payloads.count,
                    openMessage: MessagePlace(day: day, number: 1)))
            try writer.close()
        } catch {
            preconditionFailure("a seed cannot be made: \(error)")
        }
        return image
    }

    /// Seals the day, and removes its segments where asked to.
    func sealed(prunes: Bool = false) -> TapeImage {
        do {
            _ = try Seal(tape: tape, stream: TapeImage.stream, day: TapeImage.day).run()
            if prunes {
                _ = try Prune(tape: tape, stream: TapeImage.stream, day: TapeImage.day).run(
                    reallyRemove: true)
            }
        } catch {
            preconditionFailure("a seed cannot be sealed: \(error)")
        }
        return self
    }
}
