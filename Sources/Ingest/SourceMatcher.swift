internal import Feed
internal import Market
internal import Platform
internal import Tape

/// Finds out how much of a source is on the tape already.
///
/// A finished import is recognised by the hash of the source's first bytes; one that was killed by comparing
/// the source payload by payload with what it left on the tape. Both are exact.
struct SourceMatcher {
    let tape: Tape
    let stream: StreamName
    /// Days of the stream that retention has removed.
    let retired: Set<TradingDay>

    /// What of a source need not be appended.
    struct Match {
        /// The import that the source continues.
        let entry: LedgerEntry
        /// Which payloads are there: the first so many, or so many of each day.
        let skip: Skip
        /// A message that stands behind those and may be there too: it was the source's last and could have
        /// grown since.
        var open: MessagePlace?
        /// How many payloads are there for sure.
        let count: UInt64
    }

    /// Payloads to pass over.
    enum Skip {
        case first(Int)
        case perDay([TradingDay: UInt64])
    }

    /// The finished import that covers most of the source, by one pass over its bytes.
    func finished(_ entries: [LedgerEntry], _ source: SourceFile) throws(ImportError) -> Match? {
        let candidates = entries.filter { $0.digest != nil }.sorted { $0.digest!.size < $1.digest!.size }
        guard let largest = candidates.last?.digest!.size else { return nil }
        var prefix = Prefix()
        var best: Match?
        var waiting = candidates[...]
        let opened: SourceFile.Opened
        do { opened = try source.open() } catch { throw .source(error) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while prefix.size <= largest {
            let count: Int
            do { count = try opened.bytes.read(into: buffer) } catch { throw .source(error) }
            var chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            while let entry = waiting.first, let digest = entry.digest,
                digest.size <= prefix.size + Int64(chunk.count)
            {
                let head = Int(digest.size - prefix.size)
                prefix.add(UnsafeRawBufferPointer(rebasing: chunk[..<head]))
                chunk = UnsafeRawBufferPointer(rebasing: chunk[head...])
                waiting.removeFirst()
                guard prefix.crc == digest.crc, prefix.sha256 == digest.sha256 else { continue }
                // What was open at the end of the source may have grown since: it is looked at when it comes.
                let known = digest.openMessage == nil ? digest.messages : digest.messages - 1
                best = Match(
                    entry: entry, skip: .first(known), open: digest.openMessage,
                    count: UInt64(digest.messages))
            }
            prefix.add(chunk)
            if count == 0 || waiting.isEmpty { break }
        }
        return best
    }

    /// The killed import of which everything that is on the tape stands in the source, in order.
    func unfinished(
        _ entries: [LedgerEntry], _ payloads: () throws(ImportError) -> DatedPayloads
    ) throws(ImportError) -> Match? {
        var best: Match?
        for entry in entries where entry.digest == nil && !entry.ranges.isEmpty {
            var comparison = TapeComparison(
                tape: tape, stream: stream, ranges: entry.ranges, retired: retired)
            var pass = try payloads()
            var agrees = true
            try pass.forEach { (payload, day, _) throws(ImportError) in
                do throws(TapeError) {
                    agrees = try comparison.accepts(payload.bytes, day)
                } catch {
                    throw .tape(error)
                }
                return agrees && !comparison.isComplete
            }
            guard agrees, comparison.isComplete else { continue }
            let counts = comparison.counts
            let total = counts.values.reduce(0, +)
            if total > best?.count ?? 0 {
                best = Match(
                    entry: comparison.grown.map { entry.excluding($0) } ?? entry, skip: .perDay(counts),
                    count: total)
            }
        }
        return best
    }

    private struct Prefix: ~Copyable {
        var sha = SHA256()
        var crc: UInt32 = 0
        var size: Int64 = 0

        mutating func add(_ bytes: UnsafeRawBufferPointer) {
            guard !bytes.isEmpty else { return }
            sha.update(bytes)
            crc = CRC32C.checksum(bytes, seed: crc)
            size += Int64(bytes.count)
        }

        var sha256: String { SHA256.hex(sha.current()) }
    }
}
