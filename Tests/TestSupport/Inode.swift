/// A simulated file's content: what is on the disk, what the page cache shows, and the changes between.
///
/// After a failed sync Linux takes the written pages for clean: the cache goes on showing them, nobody will
/// write them again ("Can Applications Recover from fsync Failures?", ATC'20). So `cached` may differ from
/// `durable` with nothing pending. The size belongs to the inode and survives dropping the cache.
final class Inode {
    enum Change {
        case resize(Int)
        case write(Int, [UInt8])
    }

    private(set) var durable: [UInt8] = []
    private(set) var cached: [UInt8] = []
    private var pending: [Change] = []

    init() {}

    /// A file with its own copy of everything.
    init(copying other: Inode) {
        (durable, cached, pending) = (other.durable, other.cached, other.pending)
    }

    func write(_ bytes: [UInt8], at offset: Int) {
        guard !bytes.isEmpty else { return }
        if offset + bytes.count > cached.count { resize(to: offset + bytes.count) }
        change(.write(offset, bytes))
    }

    func resize(to size: Int) {
        if size != cached.count { change(.resize(size)) }
    }

    func sync() {
        for change in pending { Inode.apply(change, to: &durable) }
        pending = []
    }

    /// The written pages are lost but look clean; what has become of the size is not.
    func failSync() {
        pending.removeAll { change in
            if case .write = change { return true }
            return false
        }
    }

    func dropCache() {
        cached = durable
        for change in pending { Inode.apply(change, to: &cached) }
    }

    /// Power cut: some of what was not synced is there, possibly in part.
    func crash(_ survival: FaultyDisk.Survival, _ random: inout SplitMix64) {
        for change in pending {
            switch survival.decide(&random) {
            case .lost: continue
            case .kept: Inode.apply(change, to: &durable)
            case .torn:
                guard case .write(let offset, let bytes) = change else { continue }
                let cut = random.below(bytes.count + 1)
                let part = random.below(2) == 0 ? bytes[..<cut] : bytes[cut...]
                Inode.apply(.write(offset + part.startIndex, Array(part)), to: &durable)
            }
        }
        pending = []
        cached = durable
    }

    /// Changes both views: damage that happened on the disk.
    func damage(_ edit: (inout [UInt8]) -> Void) {
        edit(&durable)
        pending = []
        cached = durable
    }

    private func change(_ change: Change) {
        Inode.apply(change, to: &cached)
        pending.append(change)
    }

    private static func apply(_ change: Change, to content: inout [UInt8]) {
        switch change {
        case .resize(let size):
            if size < content.count {
                content.removeLast(content.count - size)
            } else {
                content.append(contentsOf: repeatElement(0, count: size - content.count))
            }
        case .write(let offset, let bytes):
            let end = offset + bytes.count
            if content.count < end {
                content.append(contentsOf: [UInt8](repeating: 0, count: end - content.count))
            }
            content.replaceSubrange(offset..<end, with: bytes)
        }
    }
}
