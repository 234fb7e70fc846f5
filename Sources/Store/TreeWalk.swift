internal import Glibc

/// Walks LMDB's trees in key order with every number checked before it is used.
final class TreeWalk {
    /// What the leaves hold.
    enum Kind {
        /// Transaction numbers, eight bytes in the machine's order, and lists of free pages.
        case free
        /// Names and table records.
        case tables
        /// Keys and values.
        case values
    }

    typealias Visitor = (
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(StoreError) -> Void

    private static let branchFlag: UInt16 = 0x01
    private static let leafFlag: UInt16 = 0x02
    private static let overflowFlag: UInt16 = 0x04
    private static let bigNode: UInt16 = 0x01
    private static let tableNode: UInt16 = 0x02
    private static let headerSize = 16
    private static let nodeHeaderSize = 8
    /// LMDB's cursors hold this many levels.
    private static let depthMax = 32
    /// LMDB's longest key.
    private static let keySizeMax = 511

    var pages: PageMap
    private let file: PageFile
    private let pageSize: Int
    private var levels: [UnsafeMutableRawBufferPointer] = []
    private var kind = Kind.values
    private var name = ""
    private var depth = 0
    private var branchPages: UInt64 = 0
    private var leafPages: UInt64 = 0
    private var overflowPages: UInt64 = 0
    private var entries: UInt64 = 0

    init(file: PageFile, meta: EnvironmentMeta) {
        self.file = file
        pageSize = meta.pageSize
        pages = PageMap(filePages: file.size / UInt64(meta.pageSize), lastPage: meta.lastPage)
    }

    deinit {
        for level in levels { level.deallocate() }
    }

    /// Walks one tree and compares what it met with the table's record.
    func run(
        _ record: TableRecord, _ kind: Kind, named name: String, _ visit: Visitor
    ) throws(StoreError) {
        self.kind = kind
        self.name = name
        depth = Int(record.depth)
        branchPages = 0
        leafPages = 0
        overflowPages = 0
        entries = 0
        guard depth <= TreeWalk.depthMax else { throw damaged("the tree is \(depth) levels deep") }
        guard kind == .free || (record.flags == 0 && record.pad == 0) else {
            throw damaged("the flags are unknown")
        }
        guard (record.root == TableRecord.noPage) == (depth == 0) else {
            throw damaged("the tree has no root")
        }
        while levels.count < depth {
            levels.append(.allocate(byteCount: pageSize, alignment: 16))
        }
        if depth > 0 { try walk(record.root, level: 0, from: nil, to: nil, visit) }
        guard branchPages == record.branchPages, leafPages == record.leafPages,
            overflowPages == record.overflowPages, entries == record.entries
        else { throw damaged("the tree does not hold what its record says") }
    }

    /// One page and those below it; its keys lie in `from ..< to`.
    private func walk(
        _ page: UInt64, level: Int, from: [UInt8]?, to: [UInt8]?, _ visit: Visitor
    ) throws(StoreError) {
        try pages.addUsed(page, count: 1, file)
        let memory = levels[level]
        guard try file.read(memory, at: page * UInt64(pageSize)) else {
            throw damaged("page \(page) lies behind the end")
        }
        let bytes = UnsafeRawBufferPointer(memory)
        let isLeaf = level == depth - 1
        guard bytes.load(as: UInt64.self) == page,
            bytes.load(fromByteOffset: 10, as: UInt16.self)
                == (isLeaf ? TreeWalk.leafFlag : TreeWalk.branchFlag)
        else { throw damaged("page \(page) is another page") }
        let nodes = try nodes(bytes, page)
        guard nodes.count >= (isLeaf || kind == .free ? 1 : 2) else {
            throw damaged("page \(page) has too few entries")
        }
        if isLeaf { leafPages += 1 } else { branchPages += 1 }

        var sizes = 0
        var spans: [(start: Int, end: Int)] = []
        spans.reserveCapacity(nodes.count)
        var previous: UnsafeRawBufferPointer?
        for (index, offset) in nodes.enumerated() {
            let node = try node(bytes, offset, isLeaf: isLeaf, page)
            sizes += node.end - offset
            spans.append((offset, node.end))
            // The first key of a branch page stands for "everything smaller" and is not compared.
            let isCompared = isLeaf || index > 0
            if isCompared {
                if let previous, !isBefore(previous, node.key) {
                    throw damaged("the keys of page \(page) are out of order")
                }
                previous = node.key
                if !isInside(node.key, from, to) {
                    throw damaged("page \(page) has a key that belongs elsewhere")
                }
            }
        }
        // Nodes lie back to back at the page's end.
        spans.sort { $0.start < $1.start }
        var expected = Int(bytes.load(fromByteOffset: 14, as: UInt16.self))
        for span in spans {
            guard span.start == expected else { throw damaged("the entries of page \(page) overlap") }
            expected = span.end
        }
        guard expected == pageSize else { throw damaged("the entries of page \(page) leave a hole") }

        for (index, offset) in nodes.enumerated() {
            let node = try node(bytes, offset, isLeaf: isLeaf, page)
            if isLeaf {
                try visitLeaf(node, visit)
            } else {
                let lower = index > 0 ? Array(node.key) : from
                var upper = to
                if index + 1 < nodes.count {
                    upper = Array(try self.node(bytes, nodes[index + 1], isLeaf: false, page).key)
                }
                try walk(node.child, level: level + 1, from: lower, to: upper, visit)
            }
        }
    }

    private struct Node {
        var key: UnsafeRawBufferPointer
        /// A leaf's bytes in the page: the value, or the number of its first overflow page.
        var value: UnsafeRawBufferPointer
        var size: Int
        var flags: UInt16
        /// A branch's page.
        var child: UInt64
        /// Offset behind the node, rounded up to two.
        var end: Int
    }

    /// The offsets of a page's nodes.
    private func nodes(_ bytes: UnsafeRawBufferPointer, _ page: UInt64) throws(StoreError) -> [Int] {
        let lower = Int(bytes.load(fromByteOffset: 12, as: UInt16.self))
        let upper = Int(bytes.load(fromByteOffset: 14, as: UInt16.self))
        guard lower >= TreeWalk.headerSize, lower & 1 == 0, lower <= upper, upper <= pageSize else {
            throw damaged("page \(page) has wrong bounds")
        }
        var offsets: [Int] = []
        offsets.reserveCapacity((lower - TreeWalk.headerSize) / 2)
        for position in stride(from: TreeWalk.headerSize, to: lower, by: 2) {
            let offset = Int(bytes.load(fromByteOffset: position, as: UInt16.self))
            guard offset >= upper, offset & 1 == 0, offset <= pageSize - TreeWalk.nodeHeaderSize else {
                throw damaged("page \(page) has an entry outside")
            }
            offsets.append(offset)
        }
        return offsets
    }

    private func node(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, isLeaf: Bool, _ page: UInt64
    ) throws(StoreError) -> Node {
        let low = bytes.load(fromByteOffset: offset, as: UInt16.self)
        let high = bytes.load(fromByteOffset: offset + 2, as: UInt16.self)
        let flags = bytes.load(fromByteOffset: offset + 4, as: UInt16.self)
        let keySize = Int(bytes.load(fromByteOffset: offset + 6, as: UInt16.self))
        let size = Int(low) | Int(high) << 16
        let allowed: UInt16 = kind == .tables ? TreeWalk.tableNode : isLeaf ? TreeWalk.bigNode : 0
        guard keySize <= TreeWalk.keySizeMax, !isLeaf || flags & ~allowed == 0,
            !isLeaf || kind != .tables || (flags == TreeWalk.tableNode && size == TableRecord.size),
            kind != .free || keySize == 8 || (!isLeaf && keySize == 0)
        else { throw damaged("page \(page) has an entry of another kind") }
        let valueSize = !isLeaf ? 0 : flags & TreeWalk.bigNode != 0 ? 8 : size
        let keyStart = offset + TreeWalk.nodeHeaderSize
        guard keyStart + keySize + valueSize <= pageSize else {
            throw damaged("page \(page) has an entry that is too long")
        }
        let valueStart = keyStart + keySize
        return Node(
            key: UnsafeRawBufferPointer(rebasing: bytes[keyStart..<valueStart]),
            value: UnsafeRawBufferPointer(rebasing: bytes[valueStart..<(valueStart + valueSize)]),
            size: size, flags: flags, child: UInt64(size) | UInt64(flags) << 32,
            end: (valueStart + valueSize + 1) & ~1)
    }

    private func visitLeaf(_ node: Node, _ visit: Visitor) throws(StoreError) {
        entries += 1
        guard node.flags & TreeWalk.bigNode != 0 else {
            try visit(node.key, node.value)
            return
        }
        let first = node.value.loadUnaligned(as: UInt64.self)
        let needed = (TreeWalk.headerSize - 1 + node.size) / pageSize + 1
        // Before the memory is asked for: a wrong size must not take gigabytes.
        guard first < file.size / UInt64(pageSize), UInt64(needed) <= file.size / UInt64(pageSize) - first
        else {
            throw damaged("page \(first) lies behind the end")
        }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: needed * pageSize, alignment: 16)
        defer { memory.deallocate() }
        guard try file.read(memory, at: first * UInt64(pageSize)) else {
            throw damaged("page \(first) lies behind the end")
        }
        let bytes = UnsafeRawBufferPointer(memory)
        // More than needed where a shorter value took the place of a longer one in one transaction.
        let count = UInt64(bytes.load(fromByteOffset: 12, as: UInt32.self))
        guard bytes.load(as: UInt64.self) == first,
            bytes.load(fromByteOffset: 10, as: UInt16.self) == TreeWalk.overflowFlag, count >= needed
        else { throw damaged("page \(first) is another page") }
        try pages.addUsed(first, count: count, file)
        overflowPages += count
        let end = TreeWalk.headerSize + node.size
        try visit(node.key, UnsafeRawBufferPointer(rebasing: bytes[TreeWalk.headerSize..<end]))
    }

    private func isInside(_ key: UnsafeRawBufferPointer, _ from: [UInt8]?, _ to: [UInt8]?) -> Bool {
        if let from, from.withUnsafeBytes({ isBefore(key, $0) }) { return false }
        if let to, !to.withUnsafeBytes({ isBefore(key, $0) }) { return false }
        return true
    }

    private func isBefore(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        if kind == .free {
            return left.loadUnaligned(as: UInt64.self) < right.loadUnaligned(as: UInt64.self)
        }
        let shared = min(left.count, right.count)
        let order = shared == 0 ? 0 : memcmp(left.baseAddress!, right.baseAddress!, shared)
        return order < 0 || (order == 0 && left.count < right.count)
    }

    private func damaged(_ detail: String) -> StoreError {
        file.damaged("\(name): \(detail)")
    }
}
