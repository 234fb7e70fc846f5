import Platform
import Synchronization
import Testing

@Suite struct QueueTests {
    @Test("what goes in on one thread comes out on another, in order and whole", arguments: [1, 2, 100])
    func order(capacity: Int) {
        let queue = BoundedQueue<Int>(capacity: capacity)
        let producer = Thread {
            for number in 0..<5000 { queue.push(number) }
            queue.close()
        }
        var received: [Int] = []
        while let number = queue.pop() { received.append(number) }
        producer.join()
        #expect(received == Array(0..<5000))
    }

    @Test("a full queue makes the producer wait and drops nothing")
    func bounded() {
        let queue = BoundedQueue<Int>(capacity: 2)
        let pushed = Atomic<Int>(0)
        #expect(queue.isEmpty && queue.hasRoom)
        queue.push(0)
        queue.push(1)
        #expect(!queue.hasRoom && !queue.isEmpty)
        let producer = Thread {
            for number in 2..<100 where queue.push(number) {
                pushed.add(1, ordering: .sequentiallyConsistent)
            }
        }
        for expected in 0..<100 {
            #expect(queue.pop() == expected)
            let count = pushed.load(ordering: .sequentiallyConsistent)
            #expect(count <= expected + 2)
        }
        producer.join()
        let count = pushed.load(ordering: .sequentiallyConsistent)
        #expect(count == 98)
    }

    @Test("a closed queue refuses, wakes who waits, and gives what is left")
    func closed() {
        let full = BoundedQueue<Int>(capacity: 1)
        full.push(7)
        let wasPushed = Atomic<Bool>(true)
        let producer = Thread { wasPushed.store(full.push(8), ordering: .sequentiallyConsistent) }
        full.close()
        producer.join()
        let pushed = wasPushed.load(ordering: .sequentiallyConsistent)
        #expect(!pushed)
        #expect(full.pop() == 7)
        #expect(full.pop() == nil)
        #expect(!full.push(9))

        let empty = BoundedQueue<Int>(capacity: 1)
        let gotNothing = Atomic<Bool>(false)
        let consumer = Thread { gotNothing.store(empty.pop() == nil, ordering: .sequentiallyConsistent) }
        empty.close()
        consumer.join()
        let isNothing = gotNothing.load(ordering: .sequentiallyConsistent)
        #expect(isNothing)
    }
}
