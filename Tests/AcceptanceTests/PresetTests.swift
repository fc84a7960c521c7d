import Crypto
import Foundation
import Model
import TestSupport
import Testing

/// Every preset end to end: the real daemon asks a server that replays the preset's fixtures, once to a success and
/// once to a failure, and a receiver gets the signed webhooks.
@Suite struct PresetTests {
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  private static let key = "k3y-of-every-source"

  @Test func eachPresetReachesItsWebhooks() async throws {
    let replays = try ProviderFixture.names().flatMap { name in
      let fixture = try ProviderFixture.named(name)
      return try ["succeeded", "failed"].map { try PresetReplay(name, fixture, last: $0) }
    }
    try await Workspace.use { place in
      let server = try ReplayServer(replays, key: Self.key)
      let receiver = try TestReceiver()
      try place.config(
        """
        sources:
        \(replays.map { $0.source(server.url, key: Self.key) }.joined(separator: "\n"))
        tasks:
        \(replays.map { $0.task(server.url) }.joined(separator: "\n"))
        hooks:
          all: {on: change, webhook: {url: "\(receiver.url())", secret: \(Self.secret)}}
        """)
      let daemon = try await place.daemon()
      let expected = replays.map(\.statuses.count).reduce(0, +)
      await eventually(within: .seconds(60)) { receiver.accepted.count >= expected }
      await place.stop(daemon)
      #expect(server.unscripted == [])
      for replay in replays {
        let told = receiver.accepted.filter { $0.json["data"]["source"].text == replay.name }
        #expect(told.map { $0.json["data"]["status"].text ?? "" } == replay.statuses, "\(replay.name)")
        #expect(told.last?.type == "task.\(replay.last)", "\(replay.name)")
        for delivery in told {
          let id = delivery.json["data"]["id"].text
          #expect(id == replay.id, "\(replay.name)")
          #expect(try Self.isSigned(delivery), "\(replay.name)")
        }
        let task = String(decoding: try replay.lastTask(server.url), as: UTF8.self)
        #expect(
          told.last?.request.text.contains("\"task\":\(task)}}") == true, "\(replay.name): byte for byte")
      }
    }
  }

  /// Standard Webhooks 1.0.0: HMAC-SHA256 of "id.timestamp.body" with the secret's bytes.
  private static func isSigned(_ delivery: TestReceiver.Delivery) throws -> Bool {
    let key = SymmetricKey(data: try #require(Data(base64Encoded: String(secret.dropFirst("whsec_".count)))))
    let timestamp = delivery.header("webhook-timestamp") ?? ""
    let signed = Data("\(delivery.id).\(timestamp).".utf8) + Data(delivery.body)
    let mac = Data(HMAC<SHA256>.authenticationCode(for: signed, using: key))
    return delivery.header("webhook-signature") == "v1," + mac.base64EncodedString()
  }
}
