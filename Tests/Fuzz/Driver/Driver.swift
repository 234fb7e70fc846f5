internal import FuzzTargets
internal import Glibc

/// The target that the environment names.
private let target: FuzzTarget = {
    let name = getenv("JEJAK_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else {
        print("fuzz: JEJAK_FUZZ_TARGET names no target; there are", FuzzTarget.all.map(\.name))
        exit(2)
    }
    return target
}()

/// libFuzzer calls this once: here the target's own seeds are written where the environment asks for them.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>>
) -> Int32 {
    guard let folder = getenv("JEJAK_FUZZ_SEEDS").map({ String(cString: $0) }) else { return 0 }
    for (number, seed) in target.seeds().enumerated() {
        guard let file = fopen("\(folder)/seed-\(number)", "w"),
            fwrite(seed, 1, seed.count, file) == seed.count, fclose(file) == 0
        else {
            print("fuzz: cannot write \(folder)/seed-\(number)")
            exit(2)
        }
    }
    exit(0)
}

/// libFuzzer calls this with one input after the other.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    target.run(UnsafeRawBufferPointer(start: bytes, count: size))
    return 0
}
