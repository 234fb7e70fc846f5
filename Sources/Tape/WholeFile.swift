internal import Platform

/// The content of a file.
func wholeFile(_ tape: Tape, _ path: String) throws(TapeError) -> [UInt8] {
    let (file, size) = try onDisk { () throws(DiskError) in
        let file = try tape.disk.open(path, .read)
        return (file, try file.size())
    }
    defer { file.close() }
    return try file.bytes(at: 0, count: Int(size))
}

/// Writes a file whole or not at all: beside it, synced, renamed, directory synced.
func replaceFile(_ tape: Tape, _ path: String, _ bytes: [UInt8]) throws(TapeError) {
    try onDisk { () throws(DiskError) in
        let file = try tape.disk.open("\(path).new", .replace)
        defer { file.close() }
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(DiskError) in try file.write(raw, at: 0) }
        }
        try result.get()
        try file.sync()
        try tape.disk.rename("\(path).new", to: path)
        let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        try tape.disk.syncDirectory(directory.joined(separator: "/"))
    }
}
