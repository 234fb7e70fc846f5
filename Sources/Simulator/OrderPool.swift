/// Memory for the resting orders of the whole market; order 0 is nobody's.
struct OrderPool: ~Copyable {
    private(set) var orders: UnsafeMutablePointer<Order>
    private var capacity = 1 << 16
    private var used: UInt32 = 1
    private var firstFree: UInt32 = 0

    init() {
        orders = .allocate(capacity: capacity)
        orders[0] = Order(number: 0, lots: 0, next: 0, broker: 0)
    }

    deinit { orders.deallocate() }

    /// Gives all orders back: orders hold for a day.
    mutating func clear() {
        used = 1
        firstFree = 0
    }

    @inline(__always)
    mutating func make(number: UInt32, lots: Int32, broker: UInt32) -> UInt32 {
        var index = firstFree
        if index != 0 {
            firstFree = orders[Int(index)].next
        } else {
            if used == capacity { grow() }
            index = used
            used &+= 1
        }
        orders[Int(index)] = Order(number: number, lots: lots, next: 0, broker: broker)
        return index
    }

    @inline(__always)
    mutating func free(_ index: UInt32) {
        orders[Int(index)].next = firstFree
        firstFree = index
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Order>.allocate(capacity: capacity * 2)
        larger.update(from: orders, count: capacity)
        orders.deallocate()
        orders = larger
        capacity *= 2
    }
}
