import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

/// The payloads of all services, for everything that can be told.
@Suite struct ChatPayloadTests {
  static let services = ChatService.all.map(\.name)

  /// One event of each type, as bare and as full as they come.
  static let messages: [Message] = EventType.all.flatMap { type -> [Message] in
    let isOfTask = !["source.down", "source.up", "hook.down", "hook.up", "delivery.dead"].contains(type.name)
    let isOfHook = type.name.hasPrefix("hook.") || type == .deliveryDead
    func event(_ task: String?, _ reason: String?, _ labels: [String: String], _ progress: Double?) -> Event {
      var event = sampleEvent(
        type, status: isOfTask ? "RUNNING" : nil, state: nil, previous: nil, previousState: nil,
        progress: progress, source: isOfHook ? "" : "runway", id: isOfTask ? "d0658ae1" : nil, labels: labels,
        task: task, reason: reason)
      event.hook = isOfHook ? "pipeline" : nil
      return event
    }
    return [
      .event(event(nil, nil, [:], nil)),
      .event(event(isOfTask ? full : nil, "for a reason", ["project": "demo", "team": "video"], 0.42)),
    ]
  }

  private static let full = """
    {"failure":"It broke.","failureCode":"X","progress":0.42,"output":["https://x.example/a.png","http://x.example/b.mp4",
     "https://x.example/", "ftp://x.example/no", "javascript:alert(1)", 5, null, "https://x.example/a.png"]}
    """

  @Test(arguments: services)
  func everyMessageIsAsTheServiceDocumentsIt(service: String) throws {
    let shape = try JSONShape.of(service)
    for message in Self.messages + [ChatSamples.succeeded, ChatSamples.failed, ChatSamples.digest] {
      for number in 1...2 {
        let payload = try ChatSamples.payload(service, message, number: number)
        let problems = shape.problems(of: try JSONDocument(Array(payload.utf8)).root)
        #expect(problems == [], "\(message.type): \(payload)")
      }
    }
  }

  @Test(arguments: services)
  func goldens(service: String) throws {
    for (name, message) in [
      ("succeeded", ChatSamples.succeeded), ("failed", ChatSamples.failed), ("digest", ChatSamples.digest),
    ] {
      let payload = try ChatSamples.payload(service, message)
      try ChatFixtures.compare(Array(payload.utf8), with: "\(name).json", of: service)
    }
  }

  /// All that can be told stays within what the service takes, and well-formed, whatever a provider sends.
  @Test(arguments: services, NastyText.allCases)
  func nastyTexts(service: String, nasty: NastyText) throws {
    let shape = try JSONShape.of(service)
    let text = nasty.text
    let url = "https://x.example/" + String(repeating: "p", count: 1900) + ".png"
    var task = JSONWriter()
    task.object { task in
      task.key("failure")
      task.string(text)
      task.key("failureCode")
      task.string(String(text.prefix(1000)))
      task.key("output")
      task.array { task in
        for number in 0..<25 { task.string(url + "?\(number)") }
        task.string(String(text.prefix(1000)))
      }
    }
    let labels = Dictionary(
      uniqueKeysWithValues: (0..<15).map { ("\($0) \(text.prefix(100))", String(text.prefix(300))) })
    let event = sampleEvent(
      .task(.failed), status: String(text.prefix(300)), previous: String(text.prefix(300)),
      source: "runway",
      id: String(text.prefix(200)), labels: labels, task: String(decoding: task.bytes, as: UTF8.self))
    let own = "<b>{{task.failure}}</b> & {{id}}"
    let digest = Digest(
      hook: "alert", counts: [Digest.Count(.task(.failed), 500)], first: Array(repeating: event, count: 3),
      from: sampleTime, to: sampleTime)
    var section = try #require(ChatSamples.sections[service])
    for message in [Message.event(event), .digest(digest)] {
      let payload = try ChatSamples.payload(service, message)
      let problems = shape.problems(of: try JSONDocument(Array(payload.utf8)).root)
      #expect(problems == [], "\(message.type)")
    }
    section.insert(contentsOf: "text: '\(own)', ", at: section.index(after: section.startIndex))
    let payload = try ChatSamples.payload(service, .event(event), section: section)
    let problems = shape.problems(of: try JSONDocument(Array(payload.utf8)).root)
    #expect(problems == [], "own text: \(payload.prefix(500))")
  }

  enum NastyText: CaseIterable {
    case long, families, combining, entities, tags, controls, mentions, quotes

    var text: String {
      switch self {
      case .long: String(repeating: "It broke. ", count: 100_000)
      case .families: String(repeating: "👩‍👩‍👧‍👦", count: 3000)
      case .combining:
        "a" + String(repeating: "\u{301}", count: 9000) + String(repeating: "e\u{301}", count: 9000)
      case .entities: String(repeating: "&", count: 9000)
      case .tags: String(repeating: "</b><i>&lt;x", count: 2000)
      case .controls: String(repeating: "\u{0}\u{1}\u{7F}\r\n\u{85}", count: 2000)
      case .mentions: String(repeating: "@everyone <!channel> <@U1> *_`~|", count: 400)
      case .quotes: String(repeating: #""\\{{id}}"#, count: 2000)
      }
    }
  }

  /// Values are shown as they are: they call nobody, and make no markup.
  @Test(
    arguments: [
      ("slack", #"&lt;!channel&gt; *x* &lt;/b&gt; @everyone &amp; [a](http://b)"#),
      ("discord", #"<\\!channel\\> \\*x\\* </b\\> @everyone & \\[a\\]\\(http://b\\)"#),
      ("teams", #"<!channel> *x* </b> @everyone & [a](http://b)"#),
      ("telegram", #"&lt;!channel&gt; *x* &lt;/b&gt; @everyone &amp; [a](http://b)"#),
      ("pagerduty", #"<!channel> *x* </b> @everyone & [a](http://b)"#),
      ("ntfy", #"<!channel> *x* </b> @everyone & [a](http://b)"#),
      (
        "mattermost",
        "<\\\\!channel\\\\> \\\\*x\\\\* </b\\\\> @\u{200B}everyone & \\\\[a\\\\]\\\\(http://b\\\\)"
      ),
    ])
  func valuesAreNoMarkup(service: String, shown: String) throws {
    let event = sampleEvent(
      .task(.failed), task: #"{"failure":"<!channel> *x* </b> @everyone & [a](http://b)"}"#)
    let payload = try ChatSamples.payload(service, .event(event))
    #expect(payload.contains(shown), "\(payload)")
  }

  /// What a user's own text has of markup stays, what it puts in does not become any.
  @Test(
    arguments: [
      ("slack", #"{"text":"*d0658ae1* &lt;!here&gt; <!here>"}"#),
      ("discord", #"{"allowed_mentions":{"parse":[]},"content":"*d0658ae1* <\\!here\\> <!here>"}"#),
      (
        "mattermost",
        #"{"text":"*d0658ae1* <\\!here\\> <!here>"}"#
      ),
    ])
  func ownTexts(service: String, payload: String) throws {
    let section =
      try #require(ChatSamples.sections[service]).dropLast()
      + ", text: '*{{id}}* {{task.failure}} <!here>'}"
    let event = sampleEvent(.task(.failed), task: #"{"failure":"<!here>"}"#)
    #expect(try ChatSamples.payload(service, .event(event), section: String(section)) == payload)
    // A digest is the service's own, and so is a text that says nothing.
    #expect(
      try ChatSamples.payload(service, ChatSamples.digest, section: String(section)).contains("10000 events"))
    let empty = try #require(ChatSamples.sections[service]).dropLast() + ", text: ' {{task.nope}} '}"
    #expect(
      try ChatSamples.payload(service, .event(event), section: String(empty)).contains(
        "runway task d0658ae1 failed"))
  }

  @Test(arguments: services)
  func ownPayloads(service: String) throws {
    let section =
      try #require(ChatSamples.sections[service]).dropLast()
      + ", body: {a: '{{id}}', b: [1, '{{task.n}}', '{{{task.failure}}}']}}"
    let event = sampleEvent(.task(.failed), task: #"{"failure":"<!here>","n":1.50}"#)
    #expect(
      try ChatSamples.payload(service, .event(event), section: String(section))
        == #"{"a":"d0658ae1","b":[1,1.50,"<!here>"]}"#)
    #expect(
      try ChatSamples.payload(service, ChatSamples.digest, section: String(section)).contains("10000 events"))
  }

  /// Slack refuses a message whose picture it cannot fetch: the second attempt has none.
  @Test func slackGetsThePictureOnce() throws {
    #expect(try ChatSamples.payload("slack", ChatSamples.succeeded).contains(#""type":"image""#))
    let second = try ChatSamples.payload("slack", ChatSamples.succeeded, number: 2)
    #expect(!second.contains(#""type":"image""#) && second.contains("|still.png>"))
  }

  /// What was wrong and what makes it good again are one alert; a name that is too long is hashed.
  @Test func alertsOfPagerDuty() throws {
    func payload(_ type: EventType, id: String = "d0658ae1", section: String? = nil) throws -> JSONSlice {
      let text = try ChatSamples.payload(
        "pagerduty", .event(sampleEvent(type, id: id, reason: "so")), section: section)
      return try JSONDocument(Array(text.utf8)).root
    }
    for (type, action, severity) in [
      (EventType.task(.failed), "trigger", "error"), (.stalled, "trigger", "warning"),
      (.lost, "trigger", "error"),
      (.timedOut, "trigger", "error"), (.task(.succeeded), "resolve", "info"),
      (.task(.running), "trigger", "info"),
    ] {
      let alert = try payload(type)
      #expect(alert["event_action"]?.string == action, "\(type)")
      #expect(alert["payload"]?["severity"]?.string == severity, "\(type)")
      #expect(alert["dedup_key"]?.string == "runway/d0658ae1")
    }
    let critical = "{routing_key: k, severity: critical}"
    #expect(try payload(.task(.failed), section: critical)["payload"]?["severity"]?.string == "critical")
    #expect(try payload(.stalled, section: critical)["payload"]?["severity"]?.string == "warning")
    let long = String(repeating: "x", count: 300)
    let keys = try [long, long, long + "y"].map { try payload(.lost, id: $0)["dedup_key"]?.string }
    #expect(keys[0] == keys[1] && keys[0] != keys[2] && keys[0]?.count == 40)
  }

  @Test func topicsOfTelegram() throws {
    let section = "{token: '1:a', chat_id: '@videos', message_thread_id: 7}"
    let payload = try ChatSamples.payload("telegram", ChatSamples.failed, section: section)
    #expect(payload.hasPrefix(#"{"chat_id":"@videos","message_thread_id":7,"parse_mode":"HTML""#))
  }

  @Test func colours() throws {
    func colour(_ message: Message) throws -> Double? {
      let text = try ChatSamples.payload("discord", message)
      return try JSONDocument(Array(text.utf8)).root["embeds"]?[0]?["color"]?.number
    }
    #expect(try colour(ChatSamples.succeeded) == 0x2EB67D)
    #expect(try colour(ChatSamples.failed) == 0xE01E5A)
    // A digest is as bad as the worst in it.
    #expect(try colour(ChatSamples.digest) == 0xE01E5A)
  }
}
