import Market

/// How a day's trades are spread over its seconds.
struct DayPlan {
    /// A second of continuous trading and the trades of the day that should have happened by its end.
    struct Second {
        let second: Int
        let tradesByEnd: Int
    }

    let continuous: [Second]
    let openingTrades: Int
    let closingTrades: Int
    private let postClosingTrades: Int

    /// Splits `trades`: 2 % into the opening auction, 3.5 % into the closing one, 0.4 % behind it, the
    /// rest over a U-shaped day with a burst at the open and after the break.
    init(trades: Int, schedule: SessionSchedule, random: inout RandomSource) {
        openingTrades = trades * 20 / 1000
        closingTrades = trades * 35 / 1000
        postClosingTrades = trades * 4 / 1000
        let rest = trades - openingTrades - closingTrades - postClosingTrades

        var seconds: [(second: Int, weight: Int)] = []
        for (session, curve) in [
            (schedule.morning, DayPlan.morningCurve), (schedule.afternoon, DayPlan.afternoonCurve),
        ] {
            // The closing minute of the morning has one second only: prints stamped on the bell.
            for second in session {
                let minute = (second - session.lowerBound) / 60
                let base = DayPlan.height(of: curve, minute: minute)
                let burst = random.below(24) == 0 ? 3 : 1
                seconds.append((second, base * (70 + random.below(61)) * burst))
            }
        }
        var total = 0
        for entry in seconds { total += entry.weight }
        var sum = 0
        var plan: [Second] = []
        plan.reserveCapacity(seconds.count)
        for entry in seconds {
            sum += entry.weight
            let share = rest.multipliedFullWidth(by: sum)
            let byEnd = total.dividingFullWidth(share).quotient
            plan.append(Second(second: entry.second, tradesByEnd: byEnd))
        }
        continuous = plan
    }

    /// How many of the trades at the closing price fall into one of `turns` equal parts of their phase.
    func postClosingTrades(turn: Int, of turns: Int) -> Int {
        postClosingTrades * (turn + 1) / turns - postClosingTrades * turn / turns
    }

    private static let morningCurve = [
        (0, 880), (1, 600), (3, 400), (8, 280), (15, 220), (30, 165), (60, 115), (120, 85), (180, 70),
    ]
    private static let afternoonCurve = [
        (0, 170), (4, 115), (15, 90), (60, 88), (100, 105), (125, 150), (135, 210), (140, 260),
    ]

    /// The curve's height, linear between its points.
    private static func height(of curve: [(minute: Int, height: Int)], minute: Int) -> Int {
        var before = curve[0]
        for point in curve {
            if point.minute > minute {
                let share = (minute - before.minute) * (point.height - before.height)
                return before.height + share / (point.minute - before.minute)
            }
            before = point
        }
        return before.height
    }
}
