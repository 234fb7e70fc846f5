import Market
import Testing

@Suite("Tick ladder")
struct TickLadderTests {
    let ladder = TickLadder.idx

    @Test("every price 1 ... 60,000 agrees with the table of steps")
    func exhaustive() {
        var number: Int64 = 0
        var lastOnLadder: Int64 = 0
        for price in Int64(1)...60_000 {
            let step: Int64 =
                price < 200 ? 1 : price < 500 ? 2 : price < 2000 ? 5 : price < 5000 ? 10 : 25
            #expect(ladder.tick(at: price) == step)
            guard price % step == 0 else {
                #expect(!ladder.contains(price) && ladder.index(of: price) == nil)
                #expect(ladder.roundedDown(price) == lastOnLadder)
                #expect(ladder.previous(below: price) == lastOnLadder)
                continue
            }
            #expect(ladder.contains(price))
            #expect(ladder.index(of: price) == number)
            #expect(ladder.price(at: number) == price)
            #expect(ladder.roundedDown(price) == price && ladder.roundedUp(price) == price)
            #expect(ladder.roundedUp(lastOnLadder + 1) == price)
            #expect(ladder.next(above: lastOnLadder) == price)
            #expect(ladder.previous(below: price) == (price == 1 ? nil : lastOnLadder))
            lastOnLadder = price
            number += 1
        }
    }

    @Test("nothing stands below one rupiah")
    func belowTheLadder() {
        #expect(!ladder.contains(0))
        #expect(!ladder.contains(-5))
        #expect(ladder.roundedDown(0) == nil)
        #expect(ladder.roundedUp(-3) == 1)
    }
}
