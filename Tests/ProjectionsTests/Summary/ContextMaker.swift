import Market
import Projections

/// A context, short.
func context(
    _ state: FlowDay.State, _ zNgr: Double, isStable: Bool = true, zEffort5: Double = 0, age: Int = 1
) -> FlowContext {
    FlowContext(
        zNgr: zNgr, state: state, isStable: isStable, zEffort5: zEffort5, day: TradingDay("2026-02-09")!,
        ageTradingDays: age)
}

/// All contexts of a small space, and none.
let smallContexts: [FlowContext?] =
    [nil]
    + FlowDay.State.allCases.flatMap { state in
        [-3.5, -3, -0.51, -0.5, 0, 0.5, 0.7, 0.71, 1.5, 3].map { context(state, $0) }
    }
