internal import Glibc
internal import Platform

Console.openClosedStandardFiles()
Signals.ignoreWriteSignals()
exit(CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
