internal import Market
internal import Projections

/// The broker flow of earlier days, by symbol.
struct FlowContexts {
    /// The context of a symbol on a day: its newest row before the day; nil where there is none, or where it is
    /// older than ``FlowContext/ageTradingDaysMax`` trading days.
    func context(for symbol: Symbol, on day: TradingDay) -> FlowContext? { nil }
}
