import Model
import Testing

@Suite struct IdentityTests {
  @Test func idsAreStableAndDistinct() {
    let event = Identity.event(source: "runway", task: "a", sequence: 1)
    #expect(event == Identity.event(source: "runway", task: "a", sequence: 1))
    #expect(event.utf8.count == 30 && event.hasPrefix("evt_"))
    var seen: Set<String> = [event]
    seen.insert(Identity.event(source: "runway", task: "a", sequence: 2))
    seen.insert(Identity.event(source: "runwaya", task: "", sequence: 1))
    seen.insert(Identity.event(source: "runway", task: nil, sequence: 1))
    seen.insert(Identity.event(source: "runway", task: "source", sequence: 1))
    #expect(seen.count == 5)
    let delivery = Identity.delivery(event: event, hook: "alert")
    #expect(delivery.hasPrefix("msg_") && !delivery.contains("."))
    #expect(delivery != Identity.delivery(event: event, hook: "alerts"))
  }

  /// As the first release had them: receivers know repeats by these.
  @Test func idsNeverChange() {
    let ofTask = Identity.event(source: "runway", task: "a", sequence: 1)
    #expect(Identity.delivery(event: ofTask, hook: "pipeline") == "msg_VCE8R280B0KQJDGHAJDX36WTMC")
    let ofSource = Identity.event(source: "kling", task: nil, sequence: 1)
    #expect(Identity.delivery(event: ofSource, hook: "alert") == "msg_WEP6R6K4FWTPWHZ7239XT7HZV2")
  }

  @Test(arguments: [
    ("https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/…#"),
    ("https://user:pass@example.com:8443?token=1", "https://example.com:8443/…#"),
    ("not a url", "/…#"),
  ])
  func urlsArePrintedWithoutTheirSecrets(url: String, prefix: String) {
    let text = "\(SecretURL(url))"
    #expect(text.hasPrefix(prefix))
    #expect(text.count == prefix.count + 4)
    #expect("\(Secret("hunter2"))" == "***")
    var dumped = ""
    dump([Secret("hunter2")], to: &dumped)
    #expect(!dumped.contains("hunter2"))
  }

  @Test(arguments: ["", ".", "..", " a", "a\nb", String(repeating: "x", count: 513)])
  func unusableIdsAreRefused(id: String) { #expect(TaskID.refusal(of: id) != nil) }

  @Test(arguments: ["a", "a b", "a/b", "../x", "日本", "d0658ae1-1f5a-4c2e-9d2f-3a53c1b8a0b7"])
  func otherIdsAreTaken(id: String) { #expect(TaskID.refusal(of: id) == nil) }
}
