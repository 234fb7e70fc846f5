/// Says whether the store at a path can be opened safely: `true` where ``Store/verify(at:)`` passes.
///
/// Called while the store is opened, at most once, only where its state is in doubt. The command line
/// passes one that runs `jejak store-check PATH` in a child process and counts a child that a signal
/// ended as damage.
public typealias StoreChecker = (_ path: String) -> Bool
