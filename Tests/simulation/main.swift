import Glibc
import TapeSimulation

let command: SimulationCommand
do {
    command = try SimulationCommand(Array(CommandLine.arguments.dropFirst()))
} catch {
    print(error)
    exit(2)
}
exit(command.run())
