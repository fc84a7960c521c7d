import Config
import Model
import TestSupport
import Testing

@testable import Templates

@Suite struct TextTemplateTests {
  static let task = """
    {"id":"d0","failure":"no <b>&amp; \\"x\\"","output":["https://x/1.mp4?a=1","https://x/2.mp4"],"n":1.50,
     "zero":0,"no":false,"nil":null,"empty":"","none":[],"bare":{}, "one":"https://x/3.mp4",
     "list":[{"url":"a","n":1},{"url":"b"}],"deep":{"a":{"b":[[1,2],[3]]}},"ünï/k":"odd","a b":1}
    """

  static func render(
    _ text: String, task: String = task, escape: TextEscape = .none, names: TemplateNames = .message,
    extras: [String: TemplateValue] = [:]
  ) throws -> String {
    let event = sampleEvent(
      labels: ["project": "demo", "größe": "4k", "-0": "minus", "app.k8s.io/name": "k"], task: task)
    return try TextTemplate(text, escape: escape, knowing: names)
      .render(TemplateContext(sampleAttempt(event, number: 2), extras: extras))
  }

  @Test(
    arguments: [
      ("plain", "plain"), ("", ""), ("  two\n  ", "  two\n  "), ("{ } {a} } }}", "{ } {a} } }}"),
      ("{{id}}", "d0658ae1"), ("{{ id }}", "d0658ae1"), ("<{{id}}>", "<d0658ae1>"),
      ("{{id}}{{status}}", "d0658ae1SUCCEEDED"),
      ("{ {{id}} }", "{ d0658ae1 }"), ("a{{id}} \n ", "ad0658ae1 \n "),
      (
        "{{type}} {{source}} {{state}} {{previous_status}} {{sequence}} {{timestamp}}",
        "task.succeeded runway succeeded RUNNING 3 2026-05-01T12:47:47.351Z"
      ),
      ("{{delivery}} {{attempt}}", Identity.delivery(event: sampleEvent().id, hook: "hook") + " 2"),
      ("[{{progress}}{{reason}}{{hook}}{{first_seen}}{{created_at}}{{elapsed}}{{digest}}]", "[]"),
      ("{{labels.project}} {{labels.größe}} {{labels.-0}}|{{labels.nope}}", "demo 4k minus|"),
      ("{{labels.app.k8s.io/name}}{{#id}} {{labels.app.k8s.io/name}}{{/id}}", "k k"),
      ("{{labels}}", #"{"-0":"minus","app.k8s.io/name":"k","größe":"4k","project":"demo"}"#),
      ("{{files}}", "[]"),
      // Numbers as they were spelt, lists and objects compact, null and what is absent empty.
      ("{{task.n}} {{task.zero}} {{task.no}} [{{task.nil}}{{task.nope}}{{task.n.x}}]", "1.50 0 false []"),
      ("{{task.bare}} {{task.none}} {{task.list}}", #"{} [] [{"url":"a","n":1},{"url":"b"}]"#),
      (
        "{{task.output.0}} {{task.output[1]}} [{{task.output.2}}{{task.output.01}}{{task.output.-1}}]",
        "https://x/1.mp4?a=1 https://x/2.mp4 []"
      ),
      ("{{task.deep.a.b.0.1}} {{task.deep.a.b[1][0]}} {{task.ünï/k}}", "2 3 odd"),
      // Nothing is HTML-escaped unasked.
      ("{{task.failure}}", #"no <b>&amp; "x""#), ("{{{task.failure}}}", #"no <b>&amp; "x""#),
      ("{{& task.failure }}", #"no <b>&amp; "x""#),
      // Sections.
      ("{{#task.output}}<{{.}}>{{/task.output}}", "<https://x/1.mp4?a=1><https://x/2.mp4>"),
      ("{{#task.list}}{{url}}={{n}};{{/task.list}}", "a=1;b=;"),
      ("{{#task.list}}{{url}} of {{id}} {{.n}}{{.id}};{{/task.list}}", "a of d0658ae1 1;b of d0658ae1 ;"),
      ("{{#task}}{{id}} {{failure}} {{/task}}{{id}}", #"d0 no <b>&amp; "x" d0658ae1"#),
      ("{{#task.deep.a.b}}[{{#.}}{{.}},{{/.}}]{{/task.deep.a.b}}", "[1,2,][3,]"),
      ("{{#task.one}}<{{.}}>{{/task.one}}{{^task.one}}none{{/task.one}}", "<https://x/3.mp4>"),
      (
        "{{#task.output}}{{^last()}}{{number()}} {{/last()}}{{#last()}}{{index()}}{{/last()}}{{/task.output}}",
        "1 1"
      ),
      ("{{#task.output}}{{#first()}}{{host(.)}}{{/first()}}{{/task.output}}", "x"),
      ("{{#first(task.list)}}{{url}}{{/first(task.list)}}", "a"),
      ("{{#count(task.list)}}{{.}}{{/count(task.list)}}", "2"),
      ("{{! a note }}x{{!more}}", "x"),
      // A section's tag or a comment alone on its line takes the line with it.
      ("a\n{{#task.output}}\n- {{.}}\n{{/task.output}}\nb", "a\n- https://x/1.mp4?a=1\n- https://x/2.mp4\nb"),
      ("a\r\n  {{#id}} \r\n b\r\n  {{/id}}\r\nc", "a\r\n b\r\nc"), ("x\n {{! note }}\ny", "x\ny"),
      ("  {{id}}\n", "  d0658ae1\n"), ("{{#id}} {{/id}} x", "  x"),
      ("{{#task.zero}}0{{/task.zero}}{{#task.bare}}{}{{/task.bare}}", "0{}"),
      (
        "{{#task.no}}x{{/task.no}}{{#task.nil}}x{{/task.nil}}{{#task.empty}}x{{/task.empty}}{{#task.none}}x{{/task.none}}{{#task.nope}}x{{/task.nope}}",
        ""
      ),
      (
        "{{^task.no}}1{{/task.no}}{{^task.nil}}2{{/task.nil}}{{^task.empty}}3{{/task.empty}}{{^task.none}}4{{/task.none}}{{^task.nope}}5{{/task.nope}}",
        "12345"
      ),
      ("{{duration(task.n)}} {{upper(shorten(id))}} {{ lower( upper( status ) ) }}", "2s D0658AE1 succeeded"),
    ])
  func rendering(template: String, expected: String) throws {
    #expect(try Self.render(template) == expected)
  }

  @Test func escaping() throws {
    let task = #"{"t":"<a> & *b*_c\\","o":["*"]}"#
    for (escape, expected) in [
      (TextEscape.none, #"<a> & *b*_c\"#), (.html, #"&lt;a&gt; &amp; *b*_c\"#),
      (.slackMrkdwn, #"&lt;a&gt; &amp; *b*_c\"#), (.markdown, #"<a\> & \*b\*\_c\\"#),
      (.telegramMarkdownV2, #"<a\> & \*b\*\_c\\"#), (.path, "<a> & *b*_c_"),
    ] {
      #expect(try Self.render("{{task.t}}", task: task, escape: escape) == expected)
      #expect(try Self.render("*{{task.t}}*", task: task, escape: escape) == "*\(expected)*")
      #expect(
        try Self.render("{{{task.t}}}{{&task.t}}", task: task, escape: escape) == #"<a> & *b*_c\<a> & *b*_c\"#
      )
      #expect(
        try Self.render(
          "{{#task.o}}{{number()}}{{#last()}}!{{/last()}}{{/task.o}}", task: task, escape: escape) == "1!")
    }
    #expect(
      try Self.render("{{task.o}} {{lower(task.t)}}", task: task, escape: .markdown)
        == #"\["\*"\] <a\> & \*b\*\_c\\"#)
    #expect(try Self.render("{{task.o}}", task: task, escape: .markdown) == #"\["\*"\]"#)
  }

  @Test func aPathsPartsStayWhole() {
    #expect(TextEscape.path.apply(to: "../a\\b\0c\n\u{85}\u{7f}ü 🎬") == ".._a_b_c___ü 🎬")
  }

  @Test func wordsCanBeLeftOut() throws {
    let names = TemplateNames.message.without(["attempt"])
    #expect(throws: TemplateProblem.self) { try TextTemplate("{{attempt}}", knowing: names) }
    _ = try TextTemplate("{{delivery}}", knowing: names)
  }

  @Test func callersAddWords() throws {
    let names = TemplateNames.message.adding("message").adding("settings", .object(["channel": .value]))
    let event = sampleEvent()
    let context = TemplateContext(
      sampleAttempt(event), settings: ["channel": "#ops"], extras: ["message": .text("done")])
    let template = try TextTemplate("{{message}} {{settings.channel}} {{id}}", knowing: names)
    #expect(template.render(context) == "done #ops d0658ae1")
    #expect(template.render(context.adding("message", .text("ok"))) == "ok #ops d0658ae1")
    #expect(throws: TemplateProblem.self) { try TextTemplate("{{settings.chanel}}", knowing: names) }
  }

  @Test func timeSinceTheWatchBegan() throws {
    var event = sampleEvent()
    event.watchedSince = Timestamp(milliseconds: sampleTime.milliseconds - 92_500)
    let template = try TextTemplate("{{first_seen}} {{elapsed}} {{duration(elapsed)}}", knowing: .message)
    #expect(template.render(TemplateContext(sampleAttempt(event))) == "2026-05-01T12:46:14.851Z 92.5 1m 33s")
  }

  @Test func whenTheTaskWasCreated() throws {
    var event = sampleEvent()
    event.createdAt = Timestamp(milliseconds: sampleTime.milliseconds - 3_600_000)
    let template = try TextTemplate("{{created_at}} {{clock(created_at)}}", knowing: .message)
    #expect(template.render(TemplateContext(sampleAttempt(event))) == "2026-05-01T11:47:47.351Z 11:47:47 UTC")
  }

  @Test func theFiles() throws {
    var event = sampleEvent()
    event.files = [
      SavedFile(
        url: "https://cdn.example/a", path: "/out/a.mp4", bytes: 7, sha256: "ab", contentType: "video/mp4"),
      SavedFile(url: "https://cdn.example/b", path: "/out/b", bytes: 8, sha256: "cd", contentType: nil),
    ]
    let template = try TextTemplate(
      "{{#files}}{{path}} {{bytes}} {{content_type}};{{/files}} {{files.1.sha256}}", knowing: .message)
    #expect(
      template.render(TemplateContext(sampleAttempt(event))) == "/out/a.mp4 7 video/mp4;/out/b 8 ; cd")
  }

  @Test func aDigest() throws {
    let digest = Digest(
      hook: "alert", counts: [.init(.task(.failed), 7), .init(.lost, 1)],
      first: [sampleEvent(.task(.failed), status: "FAILED", state: .failed)], from: sampleTime,
      to: Timestamp(milliseconds: sampleTime.milliseconds + 30_000))
    let attempt = Attempt(delivery: "msg_1", message: .digest(digest), number: 1)
    let template = try TextTemplate(
      "{{#digest}}{{count}} for {{hook}}: {{#counts}}{{count}} {{type}}{{^last()}}, {{/last()}}{{/counts}}; "
        + "{{#first}}{{id}} {{status}} {{clock(timestamp)}}{{/first}} {{digest.first.0.id}}{{/digest}}"
        + "{{^digest}}{{id}}{{/digest}}", knowing: .message)
    #expect(
      template.render(TemplateContext(attempt))
        == "8 for alert: 7 task.failed, 1 task.lost; d0658ae1 FAILED 12:47:47 UTC d0658ae1")
    #expect(template.render(TemplateContext(sampleAttempt())) == "d0658ae1")
  }

  @Test func whatIsPutInIsNoTemplate() throws {
    let names = TemplateNames.message
    let pieces: [TextPiece] = [
      .literal("a{"), .substituted("{{id}} {{#x", isDefault: false), .literal("}{{id}} "),
      .substituted("}}", isDefault: true),
    ]
    let template = try TextTemplate(pieces: pieces, knowing: names)
    #expect(template.render(TemplateContext(sampleAttempt())) == "a{{{id}} {{#x}d0658ae1 }}")
    #expect(template.render(TemplateContext(sampleAttempt()), hidingSecrets: true) == "a{***}d0658ae1 }}")
    #expect(template.secrets.map { $0.reveal() } == ["{{id}} {{#x"])
  }

  @Test func sectionsCannotMultiplyWithoutEnd() throws {
    let items = Array(repeating: #""0123456789""#, count: 2000).joined(separator: ",")
    let event = sampleEvent(task: "{\"l\":[\(items)]}")
    let context = TemplateContext(sampleAttempt(event))
    let most = 100_000
    for inner in ["{{.}}", "x", ""] {
      let budget = RenderBudget(most)
      let template = try TextTemplate(
        "{{#task.l}}{{#task.l}}\(inner){{/task.l}}{{/task.l}} {{id}}", knowing: .message)
      let text = template.render(context, hidingSecrets: false, budget: budget)
      #expect(budget.left == 0)
      #expect(text.utf8.count <= most)
      #expect(inner.isEmpty || text.utf8.count > most / 4)
    }
  }
}
