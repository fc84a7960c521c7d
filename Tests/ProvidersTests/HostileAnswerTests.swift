import Model
import TestSupport
import Testing

@testable import Providers

/// Whatever a server sends, reading ends, and what is observed can be stored and passed on.
@Suite struct HostileAnswerTests {
  @Test func damagedAnswersAreReadOrRefused() throws {
    let provider = try Fixtures.provider()
    let seed = Array(
      #"{"code":"success","message":"","data":{"task_id":"t","status":"SUCCESS","progress":"100%","data":{"id":"d","status":"RUNNING","output":["https://cdn/x?a=\u0026"],"failure":null}}}"#
        .utf8)
    let telling = Array("{}[]\",:\\nu0 x".utf8) + [0x00, 0x1B, 0x80, 0xFF]
    var random = SeededRandom(seed: 11)
    var observed = 0
    for _ in 0..<5000 {
      var body = seed
      for _ in 0...Int.random(in: 0...2, using: &random) {
        let place = Int.random(in: 0..<body.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: body[place] = telling.randomElement(using: &random) ?? 0
        case 1: body.remove(at: place)
        case 2: body.insert(telling.randomElement(using: &random) ?? 0, at: place)
        default: body.removeSubrange(place..<min(body.count, place + 12))
        }
      }
      let status = [200, 200, 200, 204, 302, 400, 401, 404, 429, 500].randomElement(using: &random) ?? 200
      let reading = provider.read(HTTPResponse(status: status, body: body))
      guard let seen = reading.observation else { continue }
      observed += 1
      #expect((200..<300).contains(status), "\(status) \(String(decoding: body, as: UTF8.self))")
      let task = try JSONDocument(seen.task).root
      #expect(task.kind == .object && task.range == 0..<seen.task.count)
      #expect(!seen.status.isEmpty && !seen.status.unicodeScalars.contains { $0.value < 0x20 })
    }
    #expect(observed > 100)
  }

  /// Every preset, and what else is made of an answer than a reading.
  @Test(arguments: Preset.allCases)
  func damagedAnswersOfEveryPreset(preset: Preset) throws {
    let fixture = try ProviderFixture.named(preset.rawValue)
    let params = fixture.params.map { "\($0.key): '\($0.value)'" }.joined(separator: ", ")
    let provider = try Fixtures.provider("provider: \(preset.rawValue)\nparams: {\(params)}")
    let address = TaskAddress(id: fixture.id, url: fixture.url)
    let telling = Array("{}[]\",:\\nu0 x".utf8) + [0x00, 0x1B, 0x80, 0xFF]
    var random = SeededRandom(seed: 12)
    func damaged(_ response: HTTPResponse) -> HTTPResponse {
      var response = response
      guard !response.body.isEmpty else { return response }
      for _ in 0...Int.random(in: 0...2, using: &random) {
        let place = Int.random(in: 0..<response.body.count, using: &random)
        response.body[place] = telling.randomElement(using: &random) ?? 0
      }
      return response
    }
    for row in fixture.answers {
      for _ in 0..<20 {
        let answer = damaged(row.response)
        _ = provider.hint(answer)
        let trace = provider.trace(answer, of: address)
        #expect(!trace.rows.isEmpty)
        var reading: PollReading?
        switch provider.read(answer, of: address) {
        case .read(let read): reading = read
        case .ask:
          let result = damaged(row.result?.response ?? row.response)
          reading = provider.read(answer, result: result, of: address)
          #expect(!provider.trace(answer, result: result, of: address).rows.isEmpty)
        }
        #expect(provider.read(answer, of: [address, TaskAddress(id: "z")]).count == 2)
        guard let seen = reading?.observation else { continue }
        #expect(try JSONDocument(seen.task).root.kind == .object)
        for output in provider.outputs(of: seen.task, at: address) {
          #expect(output.url.lowercased().hasPrefix("http"))
          #expect(!output.isOwn || output.url.hasPrefix("https://"))
        }
      }
    }
  }

  @Test func deepAndLongAnswers() throws {
    let provider = try Fixtures.provider()
    let deep = Fixtures.answer(200, String(repeating: "{\"data\":", count: 100_000))
    #expect(provider.read(deep).hint != nil)
    let long = #"{"id":"a","status":"RUNNING","x":"\#(String(repeating: "x", count: 7 << 20))"}"#
    #expect(provider.read(Fixtures.answer(200, long)).observation?.task.count == long.utf8.count)
  }
}
