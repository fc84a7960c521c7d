import Config
import Model
import Testing

@testable import Providers

enum MappingText {
  static func read<S: ConfigSection>(_ yaml: String, as type: S.Type) throws -> S? {
    let (section, errors) = diagnose(yaml, as: type)
    try #require(errors.isEmpty, "\(errors)")
    return section
  }

  static func diagnose<S: ConfigSection>(_ yaml: String, as type: S.Type) -> (S?, [String]) {
    let diagnostics = Diagnostics()
    let node = ConfigFile.parse(
      Array(yaml.utf8), name: "m.yaml", folder: "/", environment: [:], diagnostics: diagnostics)
    return (node?.read(type), diagnostics.errors.map(\.description))
  }
}

/// The language that presets are written in.
@Suite struct MappingTests {
  @Test(arguments: Preset.allCases)
  func everyPresetReads(preset: Preset) throws {
    let mapping = try preset.mapping()
    #expect(mapping.baseURL.description.hasPrefix("https://"))
    #expect(mapping.read.states.words.allSatisfy { mapping.read.states.state(of: $0) != .unknown })
    let states = Set(mapping.read.states.words.map(mapping.read.states.state))
    #expect(states.isSuperset(of: [.running, .succeeded, .failed]))
    #expect(!mapping.request.headers.filter { $0.value.names(.apiKey) }.isEmpty)
    #expect(mapping.key?.allSatisfy { $0.isUppercase || $0 == "_" } == true)
    #expect(!mapping.summary.hasSuffix("."))
  }

  /// Nothing that a source has to say goes unused.
  @Test(arguments: Preset.allCases)
  func everyParameterStandsForSomething(preset: Preset) throws {
    let mapping = try preset.mapping()
    let texts =
      [mapping.request.url].compactMap(\.self) + (mapping.read.outputs?.own ?? [])
      + [mapping.read.result?.url].compactMap(\.self) + mapping.request.headers.map(\.value)
    let used = texts.flatMap(\.places) + (mapping.request.body?.places ?? [])
    #expect(Set(mapping.parameters.map(\.name)).isSubset(of: used.compactMap(\.parameter)))
  }

  @Test func theFirstPresetKnowsEveryState() throws {
    let states = try Preset.runway.mapping().read.states
    #expect(Set(states.words.map(states.state)) == Set(TaskState.allCases.filter { $0 != .unknown }))
  }

  static let minimal = """
    summary: A queue
    base_url: https://queue.example.com/api/
    request: {url: "/jobs?id={id}&full=1", headers: {Authorization: "Key {api_key}", X-Plain: a}}
    read:
      status: [job.phase, "jobs[0].phase"]
      states: {running: [Busy], succeeded: fine}
    """

  /// Another API than Runway's, to show that nothing of Runway is in the engine.
  @Test func anotherAPI() throws {
    let mapping = try #require(try MappingText.read(Self.minimal, as: Mapping.self))
    let provider = MappedProvider(
      ProviderSettings(mapping: mapping, baseURL: mapping.baseURL, apiKey: Secret("k:s")),
      timeout: .seconds(1), wall: { Fixtures.now })
    #expect(provider.vocabulary == ["Busy", "fine"])
    let request = try provider.request(for: "a&b")
    #expect(request.url == "https://queue.example.com/api/jobs?id=a%26b&full=1")
    #expect(request.profile.headers.contains(HTTPHeader("Authorization", "Key k:s")))
    #expect(request.profile.headers.contains(HTTPHeader("X-Plain", "a")))
    func read(_ status: Int, _ body: String) -> String {
      provider.read(Fixtures.answer(status, body)).summary
    }
    #expect(read(200, #"{"job":{"phase":"busy"}}"#) == "observed: busy running")
    #expect(read(200, #"{"job":{"phase":null},"jobs":[{"phase":"FINE"}]}"#) == "observed: FINE succeeded")
    #expect(read(200, #"{"job":{"phase":"SUCCEEDED"}}"#) == "observed: SUCCEEDED unknown")
    #expect(read(200, #"{"status":"fine"}"#) == "unreadable: HTTP 200 with JSON, but no status in it")
    #expect(read(404, "{}") == "not found")
    #expect(read(400, #"{"code":"task_not_exist"}"#) == "failed: HTTP 400")
  }

  @Test(arguments: [
    ("status: [job.phase,", "status: [job..phase,", "a path has an empty name in it (character 5)"),
    ("jobs[0].phase", "jobs[x].phase", "a path has a number or * in brackets, not \"x\" (character 6)"),
    ("/jobs?id={id}&full=1", "/jobs?id={di}", "\"{di}\" stands for nothing"),
    ("/jobs?id={id}&full=1", "/jobs", "Expected: a path that begins with / and has {id} in it"),
    ("/jobs?id={id}&full=1", "jobs/{id}", "Expected: a path that begins with / and has {id} in it"),
    ("/jobs?id={id}&full=1", "/jobs/{id}/{api_key}", "names what cannot stand here"),
    ("/jobs?id={id}&full=1", "/jobs/{id", "a \"{\" is not closed"),
    ("Key {api_key}", "Key {id}", "names what cannot stand here"),
    ("X-Plain: a", "X Plain: a", "is no name of a header"),
    ("X-Plain: a", "authorization: a", "the header is there twice"),
    ("X-Plain: a", "Content-Length: '5'", "is a header that taskhook writes itself"),
    ("succeeded: fine", "succeeded: BUSY", "\"BUSY\" is there twice, under running and succeeded"),
    ("succeeded: fine", "succeded: fine", "did you mean \"succeeded\"?"),
    ("https://queue.example.com/api/", "https://queue.example.com/?a", "has a query"),
    ("summary: A queue", "sumary: A queue", "did you mean \"summary\"?"),
    ("request: {", "request: {method: PUT, ", "Expected: GET or POST"),
    ("summary: A queue", "summary: A queue\nbody: {}", "unknown key"),
  ])
  func mistakesAreNamed(right: String, wrong: String, message: String) {
    #expect(Self.minimal.contains(right))
    let text = Self.minimal.replacing(right, with: wrong)
    let (_, errors) = MappingText.diagnose(text, as: Mapping.self)
    #expect(errors.contains { $0.contains(message) && $0.hasPrefix("m.yaml:") }, "\(errors)")
  }
}
