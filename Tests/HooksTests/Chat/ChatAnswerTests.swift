import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

/// What answers mean: the rows of each service's answers.yaml.
@Suite struct ChatAnswerTests {
  @Test(arguments: ChatService.all.map(\.name))
  func everyRow(service: String) async throws {
    let settings = try ChatSamples.settings(service)
    for row in try ChatFixtures.read(service, "answers.yaml", AnswerTable.self).rows {
      let hook = ChatSamples.hook(settings, ScriptedTransport(.success(row.response)))
      let report = try await hook.perform(sampleAttempt(number: row.attempt))
      let shown = "\(row.response.status) \(String(decoding: row.response.body, as: UTF8.self))"
      #expect(report.outcome == row.outcome, "\(shown)")
      #expect(report.pause == row.pause, "\(shown)")
      #expect(report.code == row.response.status)
    }
  }

  /// No service has rules that leave out what any webhook may answer.
  @Test(arguments: ChatService.all.map(\.name))
  func everyStatusWithoutABody(service: String) async throws {
    let settings = try ChatSamples.settings(service)
    for status in 200..<600 {
      let response = HTTPResponse(status: status)
      let outcome = try await ChatSamples.hook(settings, ScriptedTransport(.success(response)))
        .perform(sampleAttempt()).outcome
      switch status {
      case 300..<400, 400, 405, 411, 413, 414, 415, 422:
        guard case .dead = outcome else {
          Issue.record("\(status): \(outcome)")
          continue
        }
      case 410: #expect(outcome == .gone(reason: "answered 410 Gone: the receiver asks for no more"))
      case 403 where service == "telegram": continue
      case 200..<300:
        // Telegram and none other says in the body alone that all is well.
        if service != "telegram" || status != 200 { #expect(outcome == .delivered, "\(status)") }
      default:
        guard case .retry = outcome else {
          Issue.record("\(status): \(outcome)")
          continue
        }
      }
    }
  }

  @Test(arguments: ChatService.all.map(\.name))
  func troubleOnTheWayIsTriedAgain(service: String) async throws {
    let transport = ScriptedTransport(.failure(HTTPError(.connect, "example.com: it broke")))
    let report = try await ChatSamples.hook(try ChatSamples.settings(service), transport).perform(
      sampleAttempt())
    #expect(report == AttemptReport(.retry(reason: "example.com: it broke")))
  }

  /// What a service says is shown on one line, and not at any length.
  @Test func wordsAreCut() async throws {
    let words = String(repeating: "é\n", count: 1000)
    let response = HTTPResponse(status: 400, body: Array(words.utf8))
    let report = try await ChatSamples.hook(
      try ChatSamples.settings("slack"), ScriptedTransport(.success(response))
    )
    .perform(sampleAttempt())
    let reason = try #require(report.reason)
    #expect(reason.hasPrefix(#"answered 400 Bad Request: é\né\n"#) && reason.utf8.count < 400)
    #expect(reason.contains("…; the same request"))
  }
}
