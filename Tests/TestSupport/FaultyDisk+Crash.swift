extension FaultyDisk {
    /// The process dies: the page cache stays, locks are free, open files are dead.
    package func kill() {
        locked {
            generation += 1
            holders = [:]
        }
        arm(nil)
    }

    /// The power is cut: of what was not synced, as much survives as `survival` and the seed say.
    package func crash(_ survival: Survival, seed: UInt64 = 0) {
        kill()
        locked {
            var random = SplitMix64(seed: seed)
            var left = durableNames
            for directory in nameChanges.keys.sorted() {
                for change in nameChanges[directory]! where survival.decide(&random) == .kept {
                    FaultyDisk.apply(change, to: &left)
                }
            }
            nameChanges = [:]
            // A name is found only through its directories, and those sort before it.
            names = [:]
            for path in left.keys.sorted() where path == "/" || names[FaultyDisk.parent(path)] != nil {
                names[path] = left[path]
            }
            durableNames = names
            var seen: Set<ObjectIdentifier> = []
            for path in names.keys.sorted() {
                if case .file(let inode)? = names[path], seen.insert(ObjectIdentifier(inode)).inserted {
                    inode.crash(survival, &random)
                }
            }
        }
    }

    /// A disk of its own in the same state, as a process would find it that looks now.
    package func copy() -> FaultyDisk {
        locked {
            let copy = FaultyDisk(lies: lies, reserveSizeMax: reserveSizeMax)
            var inodes: [ObjectIdentifier: Inode] = [:]
            func copied(_ node: Node) -> Node {
                guard case .file(let inode) = node else { return node }
                let known = inodes[ObjectIdentifier(inode)] ?? Inode(copying: inode)
                inodes[ObjectIdentifier(inode)] = known
                return .file(known)
            }
            copy.names = names.mapValues(copied)
            copy.durableNames = durableNames.mapValues(copied)
            copy.nameChanges = nameChanges.mapValues { changes in
                changes.map { change in
                    switch change {
                    case .link(let path, let node): .link(path, copied(node))
                    case .unlink: change
                    case .rename(let path, let target, let node): .rename(path, target, copied(node))
                    }
                }
            }
            return copy
        }
    }

    /// A file's bytes as processes see them; nil where there is none.
    package func content(_ path: String) -> [UInt8]? {
        locked {
            guard case .file(let inode)? = names[path] else { return nil }
            return inode.cached
        }
    }

    /// Changes a file behind everybody's back, durably; a new file where there is none.
    package func damage(_ path: String, _ edit: (inout [UInt8]) -> Void) {
        locked {
            if case .file(let inode)? = names[path] {
                inode.damage(edit)
            } else {
                let inode = Inode()
                inode.damage(edit)
                names[path] = .file(inode)
                durableNames[path] = .file(inode)
            }
        }
    }

    /// Removes a file behind everybody's back, durably.
    package func vanish(_ path: String) {
        locked {
            names[path] = nil
            durableNames[path] = nil
        }
    }
}
