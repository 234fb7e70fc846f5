// Where the time of replaying a sealed day goes, stage by stage, on one thread, and beside each the least that
// this machine needs for it.
//
//     stages TAPE STREAM DATE ROUNDS SCRATCH [--json]

import Feed
import Glibc
import Market
import Platform
import Tape

let words = CommandLine.arguments.dropFirst().filter { $0 != "--json" }
guard words.count == 5, let day = TradingDay(words[2]), let rounds = Int(words[3]), rounds > 0 else {
    Console.error("usage: stages TAPE STREAM DATE ROUNDS SCRATCH [--json]")
    exit(2)
}
let stream = try StreamName(words[1])
let cursor = try DayCursor(tape: Tape(root: words[0], codecs: FeedCodecs()), stream: stream, day: day)
guard let reader = cursor.sealed else {
    Console.error("stages: \(stream) of \(day) is not sealed")
    exit(3)
}
let sealedDay = SealedDay(reader: reader, stopwatch: Stopwatch(rounds: rounds), place: words[4])
let stages = try sealedDay.stages()
if CommandLine.arguments.contains("--json") {
    let items = stages.map {
        #"{"stage": "\#($0.name)", "seconds": \#($0.seconds), "light_seconds": \#($0.lightSeconds), "#
            + #""light": "\#($0.light)", "keeps": "\#($0.reason)"}"#
    }
    print("[\(items.joined(separator: ", "))]")
} else {
    for stage in stages {
        print(
            "\(stage.name) \(stage.seconds) s, light \(stage.lightSeconds) s (\(stage.light)): \(stage.reason)"
        )
    }
}
