internal import Market
internal import Platform

/// The stream's file of seals, as far as it can be read.
struct SealChainFile {
    /// A line.
    struct Link {
        let line: Int
        let number: Int
        let day: String
        let root: String
        let sealedAt: Int64
        let hash: String
        let offset: Int64
        let size: Int64
    }

    let path: String
    private(set) var links: [Link] = []
    /// Lines that are none, by number, with their place.
    private(set) var flaws: [(line: Int, offset: Int64, size: Int64)] = []
    /// Bytes behind the last LF.
    private(set) var tail: (offset: Int64, size: Int64)?
    private(set) var exists = false

    init(_ scanner: TapeScanner, _ stream: StreamName) throws(TapeError) {
        path = "\(scanner.tape.path(of: stream))/\(DaySeal.chainName)"
        guard let bytes = try scanner.bytes(of: path) else { return }
        exists = true
        var start = 0
        var line = 1
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            let (offset, size) = (Int64(start), Int64(end + 1 - start))
            if let link = SealChainFile.link(bytes[start..<end], line, offset, size) {
                links.append(link)
            } else {
                flaws.append((line, offset, size))
            }
            start = end + 1
            line += 1
        }
        if start < bytes.count { tail = (Int64(start), Int64(bytes.count - start)) }
    }

    private static func link(_ bytes: ArraySlice<UInt8>, _ line: Int, _ offset: Int64, _ size: Int64) -> Link?
    {
        let words = String(decoding: bytes, as: UTF8.self)
            .split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 5, let number = Int(words[0]), number == line, words[0] == String(number),
            TradingDay(words[1]) != nil, isHash(words[2]), let sealedAt = Int64(words[3]),
            words[3] == String(sealedAt), isHash(words[4])
        else { return nil }
        return Link(
            line: line, number: number, day: words[1], root: words[2], sealedAt: sealedAt, hash: words[4],
            offset: offset, size: size)
    }

    private static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
