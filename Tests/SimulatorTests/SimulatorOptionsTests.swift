import Model
import TestSupport
import Testing

@testable import Simulator

@Suite struct SimulatorOptionsTests {
  @Test(arguments: [
    SimulatorOptions(host: ""), SimulatorOptions(port: -1), SimulatorOptions(port: 65536),
    SimulatorOptions(speed: 0), SimulatorOptions(speed: -1), SimulatorOptions(speed: .nan),
    SimulatorOptions(speed: .infinity), SimulatorOptions(latency: .milliseconds(-1)),
    SimulatorOptions(errors: 1.01), SimulatorOptions(errors: .nan), SimulatorOptions(errors: -0.1),
    SimulatorOptions(rate: Rate(0, per: .seconds(1))), SimulatorOptions(rate: Rate(1, per: .zero)),
    SimulatorOptions(unknownFor: .seconds(-1)), SimulatorOptions(failures: 2),
    SimulatorOptions(outputsLast: .zero),
  ])
  func whatCannotBeIsRefused(options: SimulatorOptions) async {
    #expect(options.refusal != nil)
    await #expect(throws: SimulatorError.self) { try await Simulator(options, time: ManualTime()).start() }
  }

  @Test func theDefaultsAreFine() { #expect(SimulatorOptions().refusal == nil) }
}
