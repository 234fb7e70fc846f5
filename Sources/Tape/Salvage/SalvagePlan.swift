internal import Platform

/// The renames that turn a day into its salvaged form, kept in the file `salvage` until they are all done, so that
/// a run that is killed among them is finished by the next one, or by the next writer.
struct SalvagePlan {
    /// A rename within the day's directory.
    struct Step: Equatable {
        let from: String
        let to: String
    }

    var steps: [Step]

    static let fileName = "salvage"

    /// Makes the plan durable, and carries it out.
    func run(tape: Tape, directory: String) throws(TapeError) {
        let text = steps.map { "\($0.from) \($0.to)\n" }.joined()
        // What the steps rename has to be there after a power cut that leaves the plan.
        try onDisk { () throws(DiskError) in try tape.disk.syncDirectory(directory) }
        try replaceFile(tape, "\(directory)/\(SalvagePlan.fileName)", Array(text.utf8))
        try SalvagePlan.finish(tape: tape, directory: directory)
    }

    /// Carries out what is left of a plan; does nothing where there is none.
    static func finish(tape: Tape, directory: String) throws(TapeError) {
        let path = "\(directory)/\(fileName)"
        guard try onDisk({ () throws(DiskError) in try tape.disk.kind(of: path) }) != nil else { return }
        let text = String(decoding: try wholeFile(tape, path), as: UTF8.self)
        for line in text.split(separator: "\n") {
            let names = line.split(separator: " ")
            guard names.count == 2 else {
                throw .notATape(
                    path: path, detail: "it is not a list of renames; restore the day from a backup")
            }
            try onDisk { () throws(DiskError) in
                let (from, to) = ("\(directory)/\(names[0])", "\(directory)/\(names[1])")
                guard try tape.disk.kind(of: from) != nil else { return }
                // What is set aside already has its name; what stands there now is the new one.
                if names[1].hasSuffix(".damaged"), try tape.disk.kind(of: to) != nil { return }
                try tape.disk.rename(from, to: to)
            }
        }
        try onDisk { () throws(DiskError) in
            try tape.disk.syncDirectory(directory)
            try tape.disk.remove(path)
            try tape.disk.syncDirectory(directory)
        }
    }
}
