import TestSupport

/// Makes trade lines of both layouts, and damages them.
struct LineSource {
    var random: SplitMix64
    let decimals: Int

    mutating func line() -> [UInt8] {
        Array((random.below(3) == 0 ? sixFields() : twentyFields()).utf8)
    }

    private mutating func twentyFields() -> String {
        let seller = random.pick(["00", "", "72596", "1", "000", "0"])
        let buyer = random.pick(["00", "", "4479700", "9", "00", "123456789012"])
        let fields = [
            "B", clock(), random.pick(["0", "", "long middle field"]), symbol(),
            random.pick(["RG", "RG", "RG", "TN", "NG", "XX", "R", "RGX", ""]), sequence(), amount(), amount(),
            "--", "-", "--", random.pick(["-", "", "a field of more than eight bytes"]), "5100", seller,
            buyer,
            "-75", "0", "5095", "-1", random.pick(["1", "", "1234567890"]),
        ]
        return fields.joined(separator: "|")
    }

    private mutating func sixFields() -> String {
        let date = random.pick(["20260210", "20260210", "20260210", "20260211", "00000000", "20261310"])
        let fields = [date, clock(), symbol(), amount(), amount(), random.pick(["B", "S", "", "X", "BS"])]
        return (fields + (random.below(4) == 0 ? ["more", ""] : [])).joined(separator: "|")
    }

    private mutating func clock() -> String {
        let limit = random.below(8) == 0 ? 100 : 60
        return [random.below(24), random.below(limit), random.below(60)]
            .map { ($0 < 10 ? "0" : "") + "\($0)" }.joined()
    }

    private mutating func symbol() -> String {
        random.pick([
            "BBCA", "A", "GOTO-W", "BTCUSDTX", "BTCUSDT_SPOT", "ABCDEFGHIJKLMNOP", "ABCDEFGHIJKLMNOPQ",
        ])
    }

    private mutating func sequence() -> String {
        let digits = random.pick([1, 6, 8, 9, 12, 16, 19, 20])
        return (0..<digits).map { _ in "\(random.below(10))" }.joined()
    }

    private mutating func amount() -> String {
        let whole =
            random.below(12) == 0 ? "\(random.next())" : "\(random.below(decimals > 10 ? 9 : 100_000))"
        guard decimals > 0 || random.below(10) == 0 else { return whole }
        let places = random.below(decimals + 2)
        return whole + "."
            + (0..<places).map { _ in "\(random.below(3) == 0 ? random.below(10) : 0)" }.joined()
    }

    /// One to three damages: flipped, lost, new, repeated or swapped bytes, long fields, other endings.
    mutating func mutated(_ line: [UInt8]) -> [UInt8] {
        var bytes = line
        for _ in 0..<random.below(3) + 1 {
            let place = random.below(bytes.count + 1)
            switch random.below(10) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
            case 1 where place < bytes.count: bytes[place] = UInt8(random.below(256))
            case 2 where place < bytes.count: bytes.remove(at: place)
            case 3: bytes.insert(UInt8(random.below(256)), at: place)
            case 4: bytes.insert(0x7C, at: place)
            case 5:
                bytes.insert(
                    contentsOf: repeatElement(random.pick([0x30, 0x41, 0x7C]), count: 12), at: place)
            case 6: bytes.append(0x0D)
            case 7: bytes.removeLast(min(bytes.count, random.below(20)))
            case 8: bytes.removeFirst(min(bytes.count, random.below(12)))
            case 9 where place < bytes.count: bytes[place] = random.pick(Array("0123456789.BS|RGTN".utf8))
            default: bytes.append(random.pick(Array("|\r0".utf8)))
            }
        }
        return bytes
    }
}
