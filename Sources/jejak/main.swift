internal import Glibc
internal import Platform

Signals.ignoreWriteSignals()
exit(CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
