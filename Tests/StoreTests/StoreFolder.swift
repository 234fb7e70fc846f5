import Glibc
import Store

/// A directory of its own for one test, removed when the test lets go of it.
final class StoreFolder {
    let path: String

    init() {
        var template = Array("/tmp/jejak-store-XXXXXX".utf8CString)
        precondition(template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) } != nil)
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit {
        for name in ["data.mdb", "lock.mdb", "clean", "clean.new", "failed", "writer.lock"] {
            unlink(file(name))
            unlink(path + "/copy/" + name)
        }
        rmdir(path + "/copy")
        rmdir(path)
    }

    func file(_ name: String) -> String { path + "/" + name }

    func exists(_ name: String) -> Bool { access(file(name), F_OK) == 0 }

    func contents(_ name: String) -> [UInt8] {
        let stream = fopen(file(name), "rb")!
        defer { fclose(stream) }
        fseek(stream, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: ftell(stream))
        rewind(stream)
        precondition(fread(&bytes, 1, bytes.count, stream) == bytes.count)
        return bytes
    }

    func write(_ name: String, _ bytes: [UInt8]) {
        let stream = fopen(file(name), "wb")!
        precondition(fwrite(bytes, 1, bytes.count, stream) == bytes.count)
        fclose(stream)
    }

    func open(
        _ access: Store.Access = .readWrite, mapSize: Int = 1 << 20, checker: StoreChecker? = nil
    ) throws(StoreError) -> Store {
        try Store.open(at: path, access: access, initialMapSize: mapSize, checker: checker)
    }
}
