import Foundation
import Platform
import Testing

struct ThreadTests {
    @Test("threads that nobody waits for give their stacks back")
    func detachment() {
        let before = ThreadTests.virtualSize
        for _ in 0..<400 {
            let ended = DispatchSemaphore(value: 0)
            _ = Platform.Thread { ended.signal() }
            ended.wait()
        }
        // 8 MiB each where they are kept; other tests run beside this one.
        #expect(ThreadTests.virtualSize - before < 1 << 30)
    }

    /// Bytes of address space that the process has mapped.
    private static var virtualSize: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").first.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}
