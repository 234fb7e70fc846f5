import CLinux
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct ChecksumTests {
    private func checksum(_ bytes: some Sequence<UInt8>, seed: UInt32 = 0) -> UInt32 {
        Array(bytes).withUnsafeBytes { CRC32C.checksum($0, seed: seed) }
    }

    @Test("CRC-32C gives the values of RFC 3720, appendix B.4")
    func vectors() {
        #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(checksum(UInt8(0)..<32) == 0x46DD_794E)
        #expect(checksum((UInt8(0)..<32).reversed()) == 0x113F_DB5C)
        #expect(checksum("123456789".utf8) == 0xE306_9283)
        #expect(checksum([]) == 0 && checksum([], seed: 77) == 77)
        #expect(CRC32C.checksum(UnsafeRawBufferPointer(start: nil, count: 0), seed: 5) == 5)
    }

    @Test("the processor's instruction and the bitwise form agree at every length and alignment")
    func hardware() throws {
        try #require(CRC32C.isHardware == (clinux_has_crc32c() != 0))
        var random = SplitMix64(seed: 1)
        let bytes = (0..<320).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        bytes.withUnsafeBufferPointer { buffer in
            for start in 0..<9 {
                for count in 0...300 {
                    let seed = UInt32(truncatingIfNeeded: random.next())
                    let part = UnsafeRawBufferPointer(
                        rebasing: UnsafeRawBufferPointer(buffer)[start..<(start + count)])
                    let portable = ~clinux_crc32c_portable(~seed, buffer.baseAddress! + start, count)
                    #expect(CRC32C.checksum(part, seed: seed) == portable, "\(count) bytes at \(start)")
                }
            }
        }
    }

    @Test("a checksum continued from another is that of both, wherever the bytes are parted")
    func continued() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = checksum(bytes)
        for cut in 0...300 { #expect(checksum(bytes[cut...], seed: checksum(bytes[..<cut])) == whole) }
    }

    @Test("a thread may hash while the process exits", arguments: 0..<4)
    func hashingAtExit(attempt: Int) async {
        await #expect(processExitsWith: .exitCode(7)) {
            // Runs after whatever the library registers for the exit, and gives the threads time to trip over it.
            atexit { usleep(200_000) }
            for _ in 0..<2 {
                _ = Thread {
                    let bytes = [UInt8](repeating: 1, count: 4096)
                    while true {
                        var hash = SHA256()
                        for _ in 0..<50 { bytes.withUnsafeBytes { hash.update($0) } }
                        precondition(hash.current().count == SHA256.size)
                    }
                }
            }
            usleep(20_000)
            exit(7)
        }
    }

    @Test(
        "SHA-256 gives the values of FIPS 180-4's examples",
        arguments: [
            ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ])
    func sha256(text: String, times: Int, expected: String) {
        let bytes = Array(String(repeating: text, count: times).utf8)
        #expect(SHA256.hex(bytes.withUnsafeBytes { SHA256.hash($0) }) == expected)
        var hash = SHA256()
        for start in stride(from: 0, to: bytes.count, by: 63) {
            bytes[start..<min(start + 63, bytes.count)].withUnsafeBytes { hash.update($0) }
            if start % 6300 == 0 { _ = hash.current() }
        }
        #expect(SHA256.hex(hash.current()) == expected)
    }
}
