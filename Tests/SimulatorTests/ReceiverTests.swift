import Foundation
import Model
import Synchronization
import Testing

@testable import Simulator

@Suite struct ReceiverTests {
  private final class Inbox: Sendable {
    let webhooks = Mutex<[ReceivedWebhook]>([])
    func take(_ webhook: ReceivedWebhook) { webhooks.withLock { $0.append(webhook) } }
    var all: [ReceivedWebhook] { webhooks.withLock { $0 } }
  }

  @Test func requestsAreHandedOn() async throws {
    let inbox = Inbox()
    let receiver = Receiver { inbox.take($0) }
    let base = try await receiver.start()
    let headers = [HTTPHeader("webhook-id", "msg_1"), HTTPHeader("X-Own", "a b")]
    let answer = try await Loopback.post("\(base)/any/path%20x?y=1", headers: headers, "{\"type\":\"é\"}")
    #expect(answer.status == 200 && answer.complete)
    let webhook = try #require(inbox.all.first)
    #expect(webhook.path == "/any/path%20x")
    #expect(webhook.header("Webhook-Id") == "msg_1" && webhook.header("x-own") == "a b")
    #expect(webhook.body == Array("{\"type\":\"é\"}".utf8))
    #expect(webhook.status == 200)
    #expect(try await Loopback.get(base).status == 405)
    #expect(inbox.all.count == 1)
    await receiver.stop()
  }

  @Test func aFlakyOneFailsOnlyFirstAttempts() async throws {
    let inbox = Inbox()
    let receiver = Receiver(flaky: 0.5) { inbox.take($0) }
    let base = try await receiver.start()
    var firsts: [Int] = []
    for number in 0..<40 {
      let id = [HTTPHeader("webhook-id", "msg_\(number)")]
      firsts.append(try await Loopback.post(base, headers: id, "{}").status)
      #expect(try await Loopback.post(base, headers: id, "{}").status == 200)
    }
    #expect((8...32).contains(firsts.count { $0 == 503 }))
    #expect(Set(firsts) == [200, 503])
    #expect(inbox.all.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element.status) == firsts)
    for _ in 0..<10 { #expect(try await Loopback.post(base, "{}").status == 200) }
    await receiver.stop()
  }
}
