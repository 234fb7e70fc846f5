internal import Glibc
internal import Platform

/// The file `clean` beside the environment: everything in `data.mdb` had reached the disk when the
/// file had this size and time. It is removed before the first write that follows.
///
///      0   8  "JEJAKCLN"
///      8   4  format version of the store, little-endian as all numbers
///     12   8  size of data.mdb in bytes
///     20   8  time of its last change: seconds since 1970 UTC
///     28   8  nanoseconds
///     36  36  boot identity, ASCII
///     72   4  CRC-32C of bytes 0 ... 71
struct CleanStamp: Equatable {
    var version: UInt32
    var state: Files.State
    var boot: String

    private static let mark = Array("JEJAKCLN".utf8)
    private static let bootSize = 36
    private static let size = 76

    func encoded() -> [UInt8] {
        var bytes = CleanStamp.mark
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(version)
        append(state.size)
        append(state.seconds)
        append(state.nanos)
        let text = Array(boot.utf8.prefix(CleanStamp.bootSize))
        bytes += text + [UInt8](repeating: 0x20, count: CleanStamp.bootSize - text.count)
        append(bytes.withUnsafeBytes { CRC32C.checksum($0) })
        return bytes
    }

    init(version: UInt32, state: Files.State, boot: String) {
        self.version = version
        self.state = state
        self.boot = boot
    }

    /// nil where the bytes are no whole stamp.
    init?(encoded bytes: [UInt8]) {
        guard bytes.count == CleanStamp.size, bytes.starts(with: CleanStamp.mark) else { return nil }
        func number<Number: FixedWidthInteger>(_ offset: Int, _ type: Number.Type) -> Number {
            bytes.withUnsafeBytes {
                Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type))
            }
        }
        let sum = bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[..<72])) }
        guard sum == number(72, UInt32.self) else { return nil }
        version = number(8, UInt32.self)
        state = Files.State(
            size: number(12, UInt64.self), seconds: number(20, Int64.self), nanos: number(28, Int64.self))
        boot = String(decoding: bytes[36..<72], as: UTF8.self)
    }

    /// Whether a whole stamp stands beside `data.mdb` and the file is still the stamped one.
    static func matches(_ paths: StorePaths) throws(StoreError) -> Bool {
        guard let bytes = Files.contents(paths.stamp), let stamp = CleanStamp(encoded: bytes) else {
            return false
        }
        return stamp.state == (try Files.state(paths.data))
    }

    /// Stamps what has just been synced.
    static func write(_ paths: StorePaths) throws(StoreError) {
        guard let state = try Files.state(paths.data) else {
            throw .missing(path: paths.directory)
        }
        let stamp = CleanStamp(version: Store.formatVersion, state: state, boot: Files.bootIdentity())
        try Files.replace(paths.stamp, with: stamp.encoded(), in: paths.directory)
    }

    /// Removes the stamp durably, before anything is written.
    static func remove(_ paths: StorePaths) throws(StoreError) {
        if try Files.remove(paths.stamp) { try Files.syncDirectory(paths.directory) }
    }
}
