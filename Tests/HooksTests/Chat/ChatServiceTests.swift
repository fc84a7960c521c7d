import Config
import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

/// The files of the services against the list, and against what every file must have.
@Suite struct ChatServiceTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("../../../Sources/Hooks/Chat/Services")
    .standardizedFileURL

  /// A file that cannot be read has no service in the list.
  @Test func everyFileIsAServiceOfTheList() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(files.sorted() == ChatService.all.map { $0.name + ".yaml" }.sorted())
  }

  @Test func everyServiceHasItsFixtures() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: ChatFixtures.folder.path)
    #expect(folders.sorted() == ChatService.all.map(\.name).sorted())
    #expect(Set(ChatSamples.sections.keys) == Set(folders))
  }

  @Test(arguments: ChatService.all.map(\.name))
  func everyServiceIsWhole(name: String) throws {
    let service = try #require(ChatService.all.first { $0.name == name })
    let file = service.file
    #expect(file.summary.first?.isUppercase == true && file.summary.last == ".")
    #expect(file.levels.isEmpty || file.levels.count == ChatLevel.allCases.count)
    for setting in file.settings {
      let doc = AnyKey(setting.value.key(setting.name)).doc
      #expect(doc.first?.isUppercase == true && doc.last == ".", "\(setting.name): \(doc)")
      // What holds unless the config says otherwise could stand there too.
      guard let usual = setting.value.usual else { continue }
      let diagnostics = Diagnostics()
      let root = ConfigFile.parse(
        Array("a: '\(usual.reveal())'".utf8), name: "c", folder: "/", diagnostics: diagnostics)
      #expect(root?["a"]?.read(setting.value.type) == usual, "\(diagnostics.errors)")
    }
    // A key of its own would hide one that all services have.
    let common = ["text", "body"] + ConnectionKeys.all.map(\.name)
    #expect(Set(file.settings.map(\.name)).isDisjoint(with: common))
  }

  @Test func everyTypeOfEventHasItsText() throws {
    let texts = try ChatService.texts.get()
    for type in ChatTexts.types {
      let message = try #require(texts.message(type))
      #expect(!message.icon.isEmpty, "\(type)")
    }
  }

  /// An eighth service is a text and nothing else: what the YAML says is what is read, sent and understood.
  @Test func aServiceIsItsFile() async throws {
    let yaml = """
      summary: Rings a bell.
      short: url
      keys:
        url: {type: secret url, required: true, doc: "Where the bell is."}
        tone: {type: text, words: [high, low], default: low, doc: "How it rings."}
        times: {type: number, doc: "How often."}
      request:
        method: PUT
        url: "{{settings.url}}/ring"
        headers: {x-tone: "{{settings.tone}}", x-none: "{{settings.times}}"}
      escape: html
      rate: 3/m
      levels: {good: {bell: 1}, info: {bell: 2}, warning: {bell: 3}, bad: {bell: 4}}
      parts: {text: 20 characters}
      body:
        bell: "{{level.bell}}"
        says: {cut: "<i>{{title}}</i>", to: 22 utf16}
        why: {when: text, value: "{{text}}"}
        files: [{each: links, name: "{{item.name}}"}]
      own_text: {says: "{{{own}}}"}
      answer:
        says: [trouble]
        wait: {headers: [x-wait], json: [minutes]}
        budget: {left: x-left, reset: x-reset}
        rules:
          - {json: {rung: ["true", "1"]}, means: delivered}
          - {text: "^busy", means: retry, wait: 7s, hint: it rings}
          - {status: [200, 201], means: dead}
      """
    let service = try ChatService(name: "bell", yaml: Array(yaml.utf8))
    let key = Key("bell", ValueType<ChatSettings>.chat(service), doc: service.file.summary)
    let diagnostics = Diagnostics()
    let root = try #require(
      ConfigFile.parse(
        Array("bell: {url: 'https://bell.example/x', tone: high}".utf8), name: "c", folder: "/",
        diagnostics: diagnostics))
    let settings = try #require(root["bell"]?.read(key.type))
    #expect(HookAction.chat(settings).usualRate == Rate(3, per: .seconds(60)))

    let transport = ScriptedTransport(
      .success(HTTPResponse(status: 500, body: Array(#"{"rung":1}"#.utf8))),
      .success(
        HTTPResponse(status: 418, headers: HTTPHeaders([HTTPHeader("x-wait", "3")]), body: Array("busy".utf8))
      ),
      .success(HTTPResponse(status: 201, body: Array(#"{"trouble":["no","bell"]}"#.utf8))),
      .success(
        HTTPResponse(
          status: 204, headers: HTTPHeaders([HTTPHeader("x-left", "0"), HTTPHeader("x-reset", "4")]))))
    let hook = ChatSamples.hook(settings, transport)
    let event = sampleEvent(
      .task(.failed),
      task: #"{"failure":"It broke & that is all there is to it","output":"https://x.example/1.png"}"#)
    let reports = [
      try await hook.perform(sampleAttempt(event)), try await hook.perform(sampleAttempt(event)),
      try await hook.perform(sampleAttempt(event)), try await hook.perform(sampleAttempt(event)),
    ]
    #expect(
      reports.map(\.outcome) == [
        .delivered, .retry(reason: "answered 418: busy; it rings", after: .seconds(3)),
        .dead(reason: "answered 201: no, bell; the same request would be refused again"), .delivered,
      ])
    #expect(reports.map(\.pause) == [nil, nil, nil, .seconds(4)])
    let request = try #require(transport.requests.first)
    #expect(request.url == "https://bell.example/x/ring" && request.profile.method == "PUT")
    #expect(request.profile.headers.contains(HTTPHeader("x-tone", "high")))
    #expect(!request.profile.headers.contains { $0.name == "x-none" })
    #expect(
      String(decoding: request.body ?? [], as: UTF8.self)
        == #"{"bell":4,"says":"<i>runway task d0658ae1 …</i>","why":"It broke &amp; that is …","files":[{"name":"1.png"}]}"#
    )
  }

  @Test(
    arguments: [
      ("summary: x", "the key \"keys\" is missing"),
      ("nme: x", "unknown key"),
      ("escape: htlm", "\"htlm\" is none of these; did you mean \"html\"?"),
      ("body: {a: \"{{tilte}}\"}", "there is no field \"tilte\"; did you mean \"title\"?"),
      ("body: {a: \"{{settings.nope}}\"}", "settings has no \"nope\""),
      ("body: {a: \"{{level.nope}}\"}", "level has no \"nope\""),
      ("body: {a: {cut: x}}", "the mapping has other keys than it needs"),
      ("body: {a: {cut: x, to: 5}}", "\"5\" is no limit"),
      ("body: {a: {cut: x, to: 0 bytes}}", "\"0 bytes\" is no limit"),
      ("body: {a: {when: nope, b: c}}", "there is no field \"nope\""),
      ("body: {a: [{each: links, b: \"{{item.nope}}\"}]}", "item has no \"nope\""),
      ("body: {when: id, a: b}", "a whole payload, or a value, cannot be left out"),
      (
        "body: {a: {when: id, value: {unless: id, value: b}}}",
        "a whole payload, or a value, cannot be left out"
      ),
      ("body: {a: {each: links, b: c}}", "only an element of a list can be repeated"),
      ("request: {url: \"{{id}}\"}", "there is no field \"id\""),
      ("levels: {god: {a: 1}}", "there is no such level; did you mean \"good\"?"),
      ("short: nope", "there is no such key"),
      ("parts: {title: 5}", "\"5\" is no limit"),
      ("answer: {rules: [{status: 99, means: dead}]}", "99"),
      ("answer: {rules: [{text: \"(\", means: dead}]}", "not a regular expression"),
      ("answer: {rules: [{json: {\"a..b\": c}, means: dead}]}", "a path has an empty name in it"),
      ("keys: {url: {type: secert, doc: X.}}", "did you mean \"secret\"?"),
      ("keys: {url: {type: text, doc: X., matches: \"(\"}}", "not a regular expression"),
    ])
  func mistakesInFiles(change: String, message: String) throws {
    let lines = [
      "summary: X.", "keys: {url: {type: secret url, doc: X.}}", "request: {url: \"{{settings.url}}\"}",
      "levels: {good: {tag: x}}", "body: {a: b}", "own_text: {a: b}", "answer: {}",
    ]
    let key = change.prefix { $0 != ":" }
    let kept = change == "summary: x" ? [] : lines.filter { !$0.hasPrefix(key + ":") }
    let yaml = (kept + [change]).joined(separator: "\n")
    let broken = #expect(throws: ChatService.Broken.self) {
      try ChatService(name: "x", yaml: Array(yaml.utf8))
    }
    #expect(broken?.description.contains(message) == true, "\(String(describing: broken))")
  }
}
