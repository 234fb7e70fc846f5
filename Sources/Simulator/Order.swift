/// A resting order.
struct Order {
    /// The exchange's order number, rising in time.
    var number: UInt32
    var lots: Int32
    /// The order behind it in the queue; 0 for none.
    var next: UInt32
    var broker: UInt32
}
