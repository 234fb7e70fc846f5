import Platform
import TestSupport
import Testing

@Suite struct SystemDiskTests {
    private let folder = TemporaryFolder()
    private let disk = SystemDisk()

    private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    private func write(_ bytes: [UInt8], to file: any DiskFile, at offset: Int64) throws(DiskError) {
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(DiskError) in try file.write(raw, at: offset) }
        }
        try result.get()
    }

    private func read(_ file: any DiskFile, _ count: Int, at offset: Int64) throws(DiskError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: count)
        let result = bytes.withUnsafeMutableBytes { raw in
            Result { () throws(DiskError) in try file.read(into: raw, at: offset) }
        }
        return Array(bytes[..<(try result.get())])
    }

    @Test("files are opened as the mode says")
    func modes() throws {
        for mode in [FileMode.read, .update] {
            let error = #expect(throws: DiskError.self) { try disk.open(path("a"), mode) }
            #expect(error?.isMissing == true)
        }
        let file = try disk.open(path("a"), .create)
        try write([1, 2, 3], to: file, at: 0)
        file.close()
        #expect(throws: DiskError.self) { try disk.open(path("a"), .create) }
        let update = try disk.open(path("a"), .update)
        try write([9], to: update, at: 1)
        #expect(try read(update, 10, at: 0) == [1, 9, 3])
        update.close()
        let reading = try disk.open(path("a"), .read)
        #expect(throws: DiskError.self) { try write([1], to: reading, at: 0) }
        #expect(try read(reading, 2, at: 1) == [9, 3])
        #expect(try read(reading, 2, at: 3) == [])
        reading.close()
        let replaced = try disk.open(path("a"), .replace)
        #expect(try replaced.size() == 0)
        replaced.close()
        #expect(throws: DiskError.self) { try disk.open(folder.path + "/none/b", .create) }
    }

    @Test("reserved bytes are zeros, are counted, and are cut off again")
    func sizes() throws {
        let file = try disk.open(path("a"), .create)
        defer { file.close() }
        try write([1, 2, 3], to: file, at: 0)
        try file.allocate(to: 5000)
        #expect(try file.size() == 5000)
        try file.allocate(to: 10)
        #expect(try file.size() == 5000)
        #expect(try read(file, 9999, at: 0) == [1, 2, 3] + [UInt8](repeating: 0, count: 4997))
        try file.syncData()
        try file.dropCache()
        #expect(try read(file, 3, at: 0) == [1, 2, 3])
        try file.truncate(to: 2)
        try file.sync()
        #expect(try read(file, 9, at: 0) == [1, 2])
        try file.truncate(to: 4)
        #expect(try read(file, 9, at: 0) == [1, 2, 0, 0])
    }

    @Test("directories are made once, listed by bytes and changed by rename and remove")
    func directories() throws {
        #expect(try disk.createDirectory(path("d")))
        #expect(try !disk.createDirectory(path("d")))
        #expect(throws: DiskError.self) { try disk.createDirectory(path("x/y")) }
        for name in ["b", "a", "é", "Z", "10", "9"] { try disk.open(path("d/\(name)"), .create).close() }
        #expect(try disk.list(path("d")) == ["10", "9", "Z", "a", "b", "é"])
        try disk.rename(path("d/b"), to: path("d/a"))
        try disk.remove(path("d/Z"))
        try disk.syncDirectory(path("d"))
        #expect(try disk.list(path("d")) == ["10", "9", "a", "é"])
        #expect(throws: DiskError.self) { try disk.remove(path("d/Z")) }
        #expect(throws: DiskError.self) { try disk.rename(path("d/Z"), to: path("d/Y")) }
        #expect(throws: DiskError.self) { try disk.list(path("none")) }
        #expect(throws: DiskError.self) { try disk.syncDirectory(path("none")) }
        #expect(try disk.kind(of: path("d")) == .directory)
        #expect(try disk.kind(of: path("d/a")) == .file)
        #expect(try disk.kind(of: path("d/a/b")) == nil)
        #expect(try disk.kind(of: "/dev/null") == .other)
    }

    @Test("a lock has one holder, also within a process, until it is released")
    func locks() throws {
        let lock = try #require(try disk.lock(path("lock")))
        #expect(try disk.lock(path("lock")) == nil)
        let other = try #require(try disk.lock(path("other")))
        other.release()
        lock.release()
        let again = try #require(try disk.lock(path("lock")))
        again.release()
        #expect(String(decoding: folder.read("lock"), as: UTF8.self).last == "\n")
    }

    @Test("an error says what was tried, where and why")
    func errors() {
        let error = DiskError("write", path: "/a", offset: 7, code: 28)
        #expect(error.description == "cannot write /a at byte 7: No space left on device")
        #expect(error.isFull && !error.isMissing && !error.isReadOnly)
    }
}
