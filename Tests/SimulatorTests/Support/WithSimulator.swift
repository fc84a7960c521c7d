import Model
import TestSupport

@testable import Simulator

/// Starts a simulator, runs `body` with its base address, stops it.
func withSimulator<T>(
  _ options: SimulatorOptions = SimulatorOptions(), time: any TimeSource = ManualTime(),
  _ body: (Simulator, String) async throws -> T
) async throws -> T {
  let simulator = Simulator(options, time: time)
  let base = try await simulator.start()
  do {
    let result = try await body(simulator, base)
    await simulator.stop()
    return result
  } catch {
    await simulator.stop()
    throw error
  }
}
