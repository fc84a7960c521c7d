import Config
import Model
import TestSupport
import Testing

@testable import Providers

/// A preset printed as a source of one's own is one, and is the same API.
@Suite struct PresetSourceTests {
  /// The printed text as a config, with the parameters' capitals filled in.
  private static func read(_ preset: Preset, _ params: [String: String]) throws -> (
    ProviderSettings?, [String]
  ) {
    var text = try preset.source(named: "mine")
    for (name, value) in params { text = text.replacing(name.uppercased(), with: value) }
    let diagnostics = Diagnostics()
    let key = try preset.mapping().key ?? "API_KEY"
    let node = ConfigFile.parse(
      Array(text.utf8), name: "printed.yaml", folder: "/etc", environment: [key: "sk-1"],
      diagnostics: diagnostics)
    let source = node?["sources"]?["mine"]
    return (source?.read(SourceSection.self)?.provider, diagnostics.errors.map(\.description))
  }

  @Test(arguments: Preset.allCases)
  func itReadsAndIsReadAlike(preset: Preset) throws {
    let fixture = try ProviderFixture.named(preset.rawValue)
    let open = try preset.mapping().parameters.filter { $0.rules.standard == nil }.map(\.name)
    let (settings, errors) = try Self.read(preset, fixture.params.filter { open.contains($0.key) })
    #expect(errors.isEmpty)
    let own = MappedProvider(try #require(settings), timeout: .seconds(1), wall: { Fixtures.now })
    let params = fixture.params.filter { open.contains($0.key) }.map { "\($0.key): '\($0.value)'" }
    let provider = try Fixtures.provider(
      "provider: \(preset.rawValue)\napi_key: sk-1\nparams: {\(params.joined(separator: ", "))}")
    let address = TaskAddress(id: fixture.id, url: fixture.url)
    let (request, other) = (try provider.request(for: address), try own.request(for: address))
    #expect(request.url == other.url && request.body == other.body)
    #expect(
      request.profile.headers == other.profile.headers && request.profile.method == other.profile.method)
    #expect(own.vocabulary == provider.vocabulary && own.batch == provider.batch)
    for row in fixture.answers {
      #expect(own.outcome(row.response, of: address) == provider.outcome(row.response, of: address))
      #expect(own.hint(row.response) == provider.hint(row.response))
      guard let result = row.result?.response else { continue }
      let reading = own.read(row.response, result: result, of: address)
      #expect(reading == provider.read(row.response, result: result, of: address))
      guard let task = reading.observation?.task else { continue }
      #expect(own.outputs(of: task, at: address) == provider.outputs(of: task, at: address))
    }
  }

  /// Comments are what the printed text is worth most for.
  @Test(arguments: Preset.allCases)
  func commentsAreKept(preset: Preset) throws {
    let text = try preset.source(named: "mine")
    let file = String(decoding: preset.yaml, as: UTF8.self)
    #expect(text.hasPrefix(file.prefix { $0 != "\n" }))
    let printed = Set(text.split(separator: "\n").map { $0.drop { $0 == " " } })
    for line in file.split(separator: "\n") {
      let line = line.drop { $0 == " " }
      if line.hasPrefix("#"), !line.contains("{") { #expect(printed.contains(line), "\(line)") }
    }
    #expect(!text.contains("summary:") && !text.contains("params:"))
    #expect(!text.split(separator: "\n").contains { $0.last == " " })
  }

  @Test func runwayInFull() throws {
    let lines = try Preset.runway.source(named: "my-api").split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(
      lines.prefix(11) == [
        "sources:", "  my-api:", "    provider: http", "    base_url: https://api.cometapi.com",
        "    api_key: ${COMETAPI_KEY}", "    request:", "      method: GET",
        "      url: /runwayml/v1/tasks/{id}", "      mount: /runwayml", "      headers:",
        "        Authorization: Bearer {api_key}",
      ])
  }

  @Test func parametersAreFilledInOrStandInCapitals() throws {
    let kling = try Preset.kling.source(named: "k")
    #expect(kling.contains("      url: /kling/v1/videos/text2video/{id}\n"))
    #expect(kling.contains("    # videos, or another. What is made: videos, images or audio.\n"))
    let fal = try Preset.fal.source(named: "f")
    #expect(fal.contains("      url: /APP/requests/{id}/status\n"))
    #expect(fal.contains("    # APP; to be replaced. Whose app:"))
    #expect(fal.contains("{task.response_url}"))
  }
}
