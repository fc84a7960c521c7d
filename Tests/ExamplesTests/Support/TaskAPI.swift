import Foundation
import Model
import Simulator

/// The stand-in task API at a speed at which a task has ended before a process that asks for it has started, and at
/// which the URLs of its output, which live for a day, still live for a minute.
enum TaskAPI {
  static func use<T: Sendable>(
    failures: Double, _ body: (_ api: Simulator, _ address: String) async throws -> T
  ) async throws -> T {
    let api = Simulator(
      SimulatorOptions(speed: 1000, key: Secret("right"), unknownFor: .zero, failures: failures),
      time: SystemTime())
    let address = try await api.start()
    let result: Result<T, any Error>
    do { result = .success(try await body(api, address)) } catch { result = .failure(error) }
    await api.stop()
    return try result.get()
  }

  private struct SystemTime: TimeSource {
    private static let start = ContinuousClock.now

    var now: Moment {
      let passed = (ContinuousClock.now - Self.start).components
      return Moment(nanoseconds: passed.seconds * 1_000_000_000 + passed.attoseconds / 1_000_000_000)
    }
    var wall: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    func sleep(until moment: Moment) async throws { try await Task.sleep(for: moment - now) }
  }
}
