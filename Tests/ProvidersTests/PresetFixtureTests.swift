import Config
import Model
import TestSupport
import Testing

@testable import Providers

/// Every preset against answers as they were recorded (Tests/Fixtures/Providers): what is asked, and what is read
/// from each answer.
@Suite struct PresetFixtureTests {
  private static let key = "k3y-of-the-source"

  private static func provider(_ preset: Preset, _ fixture: ProviderFixture) throws -> MappedProvider {
    let params = fixture.params.sorted { $0.key < $1.key }.map { "\($0.key): \"\($0.value)\"" }
    return try Fixtures.provider(
      """
      provider: \(preset.rawValue)
      api_key: \(key)
      \(params.isEmpty ? "" : "params: {\(params.joined(separator: ", "))}")
      """)
  }

  private static func address(_ fixture: ProviderFixture) -> TaskAddress {
    TaskAddress(id: fixture.id, url: fixture.url)
  }

  @Test func eachPresetHasFixtures() throws {
    #expect(try ProviderFixture.names() == Preset.allCases.map(\.rawValue).sorted())
  }

  /// Nothing that a preset can tell goes without an answer that shows it.
  @Test(arguments: Preset.allCases) func eachStateIsShown(preset: Preset) throws {
    let fixture = try ProviderFixture.named(preset.rawValue)
    let states = try preset.mapping().read.states
    let known = Set(states.words.map { states.state(of: $0) })
    let shown = fixture.answers.compactMap { $0.reads.split(separator: " ").last }
    for state in known {
      #expect(shown.contains(Substring(state.rawValue)), "no answer shows \(state)")
    }
    for name in ["pending", "running", "succeeded", "failed"] { #expect(try fixture.row(name).status != nil) }
    #expect(try fixture.row("not found").reads == "not found")
    #expect(try fixture.row("a bad key").reads == "refused")
    #expect(try fixture.row("too many requests").reads.hasPrefix("throttled"))
    #expect(try fixture.row("trouble").reads == "failed")
    #expect(Set(fixture.answers.map(\.name)).count == fixture.answers.count)
  }

  @Test(arguments: Preset.allCases) func requests(preset: Preset) throws {
    let fixture = try ProviderFixture.named(preset.rawValue)
    let provider = try Self.provider(preset, fixture)
    let request = try provider.request(for: Self.address(fixture))
    #expect(Self.line(request) == fixture.asks)
    #expect(
      request.body.map { String(decoding: $0, as: UTF8.self) }
        == fixture.sends.map { $0.trimmingCharacters(in: .newlines) })
    let headers = request.profile.headers + request.headers
    #expect(headers.count { $0.value.contains(Self.key) } == 1, "the key goes along, once")
  }

  @Test(arguments: Preset.allCases) func answers(preset: Preset) throws {
    let fixture = try ProviderFixture.named(preset.rawValue)
    let provider = try Self.provider(preset, fixture)
    for row in fixture.answers { try Self.check(row, of: fixture, preset, provider) }
  }

  private static func check(
    _ row: ProviderFixture.Row, of fixture: ProviderFixture, _ preset: Preset, _ provider: MappedProvider
  ) throws {
    let what = Comment(rawValue: "\(preset.rawValue), \(row.name)")
    let address = address(fixture)
    let reading: PollReading
    switch provider.read(row.response, of: address) {
    case .read(let read):
      #expect(row.result == nil, what)
      reading = read
    case .ask(let request):
      let result = try #require(row.result, what)
      #expect(line(request) == result.asks, what)
      #expect((request.profile.headers + request.headers).contains { $0.value.contains(key) }, what)
      reading = provider.read(row.response, result: result.response, of: address)
    }
    #expect(describe(reading) == row.reads, "\(what): \(reading.summary)")
    if let reason = row.reason { #expect(Self.reason(reading) == reason, what) }
    #expect(provider.hint(row.response) == row.hint, what)
    if provider.batch > 1 { checkBatch(row, provider, address, reading, what) }
    guard let seen = reading.observation else { return }
    #expect(seen.progress == row.progress, what)
    #expect(seen.createdAt == row.created.flatMap { Timestamp(rfc3339: $0) }, what)
    let task = try row.taskObject()
    #expect(String(decoding: seen.task, as: UTF8.self) == String(decoding: task, as: UTF8.self), what)
    // What a task that did not succeed may name is nobody's output.
    guard seen.state == .succeeded || row.outputs != nil else { return }
    let outputs = provider.outputs(of: seen.task, at: address).map { ($0.isOwn ? "own " : "") + $0.url }
    #expect(outputs == row.outputs ?? [], what)
  }

  /// Among others it is read as alone, and those of whom nothing is told are not found.
  private static func checkBatch(
    _ row: ProviderFixture.Row, _ provider: MappedProvider, _ address: TaskAddress, _ reading: PollReading,
    _ what: Comment
  ) {
    let readings = provider.read(row.response, of: [TaskAddress(id: "of-another"), address])
    #expect(readings.count == 2 && readings.last == reading, what)
    #expect(readings.first == (reading.observation == nil ? reading : .notFound), what)
  }

  private static func line(_ request: HTTPRequest) -> String { "\(request.profile.method) \(request.url)" }

  /// A reading in the words of the fixtures.
  private static func describe(_ reading: PollReading) -> String {
    switch reading {
    case .observed(let seen): "\(seen.status) \(seen.state.rawValue)"
    case .notFound: "not found"
    case .gone: "gone"
    case .refused: "refused"
    case .throttled(nil): "throttled"
    case .throttled(let wait?): "throttled \(wait.milliseconds / 1000)s"
    case .failed: "failed"
    case .unreadable: "unreadable"
    }
  }

  private static func reason(_ reading: PollReading) -> String? {
    switch reading {
    case .gone(let reason), .refused(let reason), .failed(let reason), .unreadable(let reason, _): reason
    case .observed, .notFound, .throttled: nil
    }
  }
}
