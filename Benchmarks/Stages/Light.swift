import Platform

/// What this machine does at best: loops with nothing in them but the work that cannot be left out.
///
/// Swift over unsafe pointers runs these as fast as C (the loops have no checks and no calls).
struct Light {
    let stopwatch: Stopwatch

    /// Seconds for copying bytes that are not in any cache.
    func copy(_ byteCount: Int) -> Double {
        let size = 64 << 20
        let source = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
        let target = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
        defer {
            source.deallocate()
            target.deallocate()
        }
        source.initializeMemory(as: UInt8.self, repeating: 1, count: size)
        target.initializeMemory(as: UInt8.self, repeating: 2, count: size)
        let seconds = stopwatch.best { target.copyMemory(from: source, byteCount: size) }
        return seconds * Double(byteCount) / Double(size)
    }

    /// Seconds for SHA-256 of bytes that are in the cache, by the processor's own instructions where it has
    /// them.
    func hash(_ byteCount: Int) -> Double {
        let size = 256 << 10
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
        defer { bytes.deallocate() }
        bytes.initializeMemory(as: UInt8.self, repeating: 7)
        let seconds = stopwatch.best { _ = SHA256.hash(UnsafeRawBufferPointer(bytes)) }
        return seconds * Double(byteCount) / Double(size)
    }

    /// Seconds for reading two bytes a trade, each chained to the one before by a look-up, and writing price,
    /// quantity and side.
    func columns(tradeCount: Int) -> Double {
        let count = 1 << 20
        let tokens = filled(count)
        let table = filled(1 << 9)
        let prices = UnsafeMutablePointer<Int64>.allocate(capacity: 1024)
        let quantities = UnsafeMutablePointer<Int64>.allocate(capacity: 1024)
        let sides = UnsafeMutablePointer<UInt8>.allocate(capacity: 1024)
        defer {
            for bytes in [tokens, table, sides] { bytes.deallocate() }
            for values in [prices, quantities] { values.deallocate() }
        }
        var price: Int64 = 0
        let seconds = stopwatch.best {
            var side = 0
            for index in stride(from: 0, to: count, by: 2) {
                // Two trades share a token byte.
                let effect = table[side &<< 8 | Int(tokens[index &>> 1])]
                side = Int(effect & 1)
                let place = index & 1023
                price &+= Int64(effect & 15)
                prices[place] = price
                prices[place &+ 1] = price &+ 1
                quantities[place] = Int64(tokens[index])
                quantities[place &+ 1] = Int64(tokens[index &+ 1])
                sides[place] = effect & 1
                sides[place &+ 1] = effect &>> 7
            }
        }
        withExtendedLifetime(price) {}
        return seconds * Double(tradeCount) / Double(count)
    }

    /// Seconds for adding each trade's quantity to one of `levelCount` 64-bit sums that lie in the order in
    /// which they are needed.
    func fold(tradeCount: Int, levelCount: Int) -> Double {
        let sums = UnsafeMutablePointer<Int64>.allocate(capacity: max(levelCount, 1) * 2)
        let noise = filled(1 << 16)
        defer {
            sums.deallocate()
            noise.deallocate()
        }
        sums.initialize(repeating: 0, count: max(levelCount, 1) * 2)
        let perLevel = max(tradeCount / max(levelCount, 1), 1)
        let seconds = stopwatch.best {
            for level in 0..<levelCount {
                let sum = sums + level &* 2
                for trade in 0..<perLevel {
                    let byte = noise[(level &* 7 &+ trade) & 65_535]
                    sum[Int(byte & 1)] &+= Int64(byte)
                }
            }
        }
        withExtendedLifetime(sums[0]) {}
        return seconds
    }

    /// Seconds for writing bytes to a file that the page cache takes, and for making them durable.
    func file(_ byteCount: Int, at path: String) throws -> (write: Double, sync: Double) {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 4096)
        defer { bytes.deallocate() }
        bytes.initializeMemory(as: UInt8.self, repeating: 3)
        var best = (write: Double.infinity, sync: Double.infinity)
        for _ in 0..<stopwatch.rounds {
            let file = try SystemDisk().open(path, .replace)
            let once = Stopwatch(rounds: 1)
            best.write = min(
                best.write, try once.best { try file.write(UnsafeRawBufferPointer(bytes), at: 0) })
            best.sync = min(best.sync, try once.best { try file.syncData() })
            file.close()
        }
        return best
    }

    /// Bytes without a pattern that a predictor could learn.
    private func filled(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for index in 0..<count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            (bytes + index).initialize(to: UInt8(truncatingIfNeeded: state >> 24))
        }
        return bytes
    }
}
