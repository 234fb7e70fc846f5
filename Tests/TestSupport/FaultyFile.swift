internal import Glibc
internal import Platform

/// An open file of a ``FaultyDisk``. Once its process is dead it only fails.
final class FaultyFile: DiskFile, @unchecked Sendable {
    let path: String
    private let disk: FaultyDisk
    private let inode: Inode
    private let generation: Int
    private var isClosed = false

    init(_ disk: FaultyDisk, _ inode: Inode, _ path: String) {
        self.disk = disk
        self.inode = inode
        self.path = path
        generation = disk.generation
        disk.openCount += 1
        disk.openCountMax = max(disk.openCountMax, disk.openCount)
    }

    func size() throws(DiskError) -> Int64 { disk.locked { Int64(inode.cached.count) } }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(DiskError) -> Int {
        try perform(.read) {
            let start = min(Int(offset), inode.cached.count)
            let end = min(start + buffer.count, inode.cached.count)
            inode.cached.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<end]))
            }
            return end - start
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(DiskError) {
        try disk.locked { () throws(DiskError) in
            try checkAlive()
            do throws(DiskError) {
                try disk.check(.write, path)
            } catch {
                // A write fails having written some of its bytes.
                inode.write(Array(bytes.prefix(bytes.count / 2)), at: Int(offset))
                throw error
            }
            inode.write(Array(bytes), at: Int(offset))
        }
    }

    func allocate(to size: Int64) throws(DiskError) {
        try perform(.allocate) { () throws(DiskError) in
            if Int(size) > disk.reserveSizeMax { throw DiskError("reserve", path: path, code: ENOSPC) }
            if Int(size) > inode.cached.count { inode.resize(to: Int(size)) }
        }
    }

    func truncate(to size: Int64) throws(DiskError) { try perform(.truncate) { inode.resize(to: Int(size)) } }

    func syncData() throws(DiskError) { try sync(.syncData, isIgnored: disk.lies.contains(.ignoresSyncData)) }

    func sync() throws(DiskError) { try sync(.sync, isIgnored: false) }

    func dropCache() throws(DiskError) {
        try perform(.dropCache) { if !disk.lies.contains(.lyingDropCache) { inode.dropCache() } }
    }

    func close() {
        precondition(!isClosed, "closed \(path) twice")
        isClosed = true
        disk.locked { disk.openCount -= 1 }
    }

    private func sync(_ call: FaultyDisk.Call, isIgnored: Bool) throws(DiskError) {
        try disk.locked { () throws(DiskError) in
            try checkAlive()
            do throws(DiskError) {
                try disk.check(call, path)
            } catch {
                inode.failSync()
                throw error
            }
            if !isIgnored { inode.sync() }
        }
    }

    private func perform<Result>(
        _ call: FaultyDisk.Call, _ body: () throws(DiskError) -> Result
    ) throws(DiskError) -> Result {
        try disk.locked { () throws(DiskError) in
            try checkAlive()
            try disk.check(call, path)
            return try body()
        }
    }

    private func checkAlive() throws(DiskError) {
        precondition(!isClosed, "used \(path) after closing it")
        if generation != disk.generation { throw DiskError("use", path: path, code: EBADF) }
    }
}

/// A lock of a ``FaultyDisk``.
final class FaultyLock: DiskLock, @unchecked Sendable {
    private let disk: FaultyDisk
    private let path: String

    init(_ disk: FaultyDisk, _ path: String) {
        self.disk = disk
        self.path = path
    }

    func release() {
        disk.locked { if disk.holders[path] == ObjectIdentifier(self) { disk.holders[path] = nil } }
    }
}
