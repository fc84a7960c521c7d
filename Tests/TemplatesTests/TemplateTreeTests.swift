import Config
import Model
import TestSupport
import Testing

@testable import Templates

@Suite struct TemplateTreeTests {
  private func read(_ yaml: String, environment: [String: String] = [:], escape: TextEscape = .none)
    -> (tree: TemplateTree?, errors: [String])
  {
    let diagnostics = Diagnostics()
    let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).map { "\n  \($0)" }
    let root = ConfigFile.parse(
      Array(("body:" + lines.joined()).utf8), name: "c", folder: "/etc", environment: environment,
      diagnostics: diagnostics)
    let tree = root.flatMap(\.entries.first).flatMap {
      TemplateTree.read($0.value, names: .message, escape: escape)
    }
    return (tree, diagnostics.errors.map { String($0.description.dropFirst(2)) })
  }

  private func render(
    _ yaml: String, task: String? = TextTemplateTests.task, environment: [String: String] = [:],
    escape: TextEscape = .none, hidingSecrets: Bool = false
  ) -> String {
    let (tree, errors) = read(yaml, environment: environment, escape: escape)
    #expect(errors == [])
    let context = TemplateContext(sampleAttempt(sampleEvent(task: task)))
    return tree.map { String(decoding: $0.render(context, hidingSecrets: hidingSecrets), as: UTF8.self) }
      ?? "-"
  }

  /// The names by which a template's own texts are known within are no fields of a task's.
  @Test func noTaskReplacesATemplatesOwnText() {
    #expect(
      render(
        #"a: "{{#task}}one {{k}} two{{/task}}{{#task.list}}, three{{/task.list}}""#,
        task: #"{"k":7,"-0":"X","-1":"Y","-2":"Z","list":[{"-0":"X","-2":"Y","-3":"Z"}]}"#)
        == #"{"a":"one 7 two, three"}"#)
  }

  @Test(
    arguments: [
      ("a: b", #"{"a":"b"}"#), ("[]", "[]"), ("{}", "{}"), ("text", #""text""#),
      ("b: 1\na: 2", #"{"b":1,"a":2}"#),
      // YAML 1.2's core schema, and no more.
      (
        "[1, -1.5, 1e3, '1', \"true\", true, False, TRUE, null, ~, Null]",
        #"[1,-1.5,1e3,"1","true",true,false,true,null,null,null]"#
      ),
      (
        "[on, off, yes, no, y, tRUE, 2026-05-01, 1_000, 1.2.3, 0b1, .inf, -.inf, .nan, '', nil]",
        #"["on","off","yes","no","y","tRUE","2026-05-01","1_000","1.2.3","0b1",".inf","-.inf",".nan","","nil"]"#
      ),
      (
        "[+1, .5, 5., 007, -007, -0, 0.10, +.5e-3, 0x1F, 0o17, 12345678901234567890, 00, e3, '.', -, .e1, 1e5x]",
        #"[1,0.5,5.0,7,-7,-0,0.10,0.5e-3,31,15,12345678901234567890,0,"e3",".","-",".e1","1e5x"]"#
      ),
      ("a:\nb: [x, ]", #"{"a":null,"b":["x"]}"#),
      ("a: |\n  1\n", #"{"a":"1\n"}"#), ("'a b': {\"{{id}}\": x}", #"{"a b":{"{{id}}":"x"}}"#),
      // One tag alone keeps the value's type and spelling; absent is null.
      (
        "['{{task.n}}', '{{task.no}}', '{{task.nil}}', '{{task.nope}}', '{{task.none}}', '{{reason}}', '{{sequence}}']",
        "[1.50,false,null,null,[],null,3]"
      ),
      (
        "['{{ task.list }}', '{{&task.deep}}', '{{{task.failure}}}']",
        #"[[{"url":"a","n":1},{"url":"b"}],{"a":{"b":[[1,2],[3]]}},"no <b>&amp; \"x\""]"#
      ),
      (
        "['{{count(task.output)}}', '{{last(task.output)}}', '{{upper(status)}}', '{{unix(timestamp)}}', '{{first(task.nope)}}']",
        #"[2,"https://x/2.mp4","SUCCEEDED",1777639667,null]"#
      ),
      // Beside anything else, be it a note, it is text.
      (
        "['{{task.n}} ', '{{task.n}}{{task.n}}', '{{#id}}{{task.n}}{{/id}}', '{{! n }}{{task.n}}', '{{task.nope}}!']",
        #"["1.50 ","1.501.50","1.50","1.50","!"]"#
      ),
      ("{a: {b: [{c: '{{id}}'}]}}", #"{"a":{"b":[{"c":"d0658ae1"}]}}"#),
    ])
  func values(yaml: String, expected: String) { #expect(render(yaml) == expected) }

  @Test func theTaskByteForByte() {
    let task = #"{ "a" : 1.0e+02 ,"u":"\u00e9\ud83c\udfac\/","n":12345678901234567890 ,"a":[ ] }"#
    #expect(
      render("t: '{{task}}'\nu: '{{task.u}}'", task: task) == #"{"t":\#(task),"u":"\u00e9\ud83c\udfac\/"}"#)
    #expect(render("t: '{{task}} '", task: #"{ "a" : " \" " }"#) == #"{"t":"{\"a\":\" \\\" \"} "}"#)
    #expect(render("'{{task}}'", task: nil) == "null")
  }

  @Test func escapingKeepsTypes() {
    let task = #"{"t":"<*>","n":1,"l":["<"]}"#
    #expect(
      render(
        "['{{task.t}}', '{{{task.t}}}', '{{task.n}}', '{{task.l}}', '<*>']", task: task, escape: .slackMrkdwn)
        == #"["&lt;*&gt;","<*>",1,["<"],"<*>"]"#)
  }

  @Test func whatIsPutInIsTextAndSecret() {
    let environment = ["T": "{{id}}", "N": "5", "B": "true", "E": ""]
    let yaml = "a: ${T}\nb: x${T}{{id}}\nc: ${N}\nd: ${B}\ne: ${E}\nf: ${X:-7}\ng: $${T}"
    #expect(
      render(yaml, environment: environment)
        == #"{"a":"{{id}}","b":"x{{id}}d0658ae1","c":"5","d":"true","e":"","f":"7","g":"${T}"}"#)
    #expect(
      render(yaml, environment: environment, hidingSecrets: true)
        == #"{"a":"***","b":"x***d0658ae1","c":"***","d":"***","e":"***","f":"7","g":"${T}"}"#)
    let (tree, _) = read(yaml, environment: environment)
    #expect(tree?.secrets.map { $0.reveal() } == ["{{id}}", "{{id}}", "5", "true"])
  }

  @Test func mistakesAreToldAtTheirLeaves() {
    let (tree, errors) = read(
      """
      text: "{{idd}}"
      list: [ok, "x {{statu}}", "{{#id}}"]
      deep: {a: "{{source.x}}", b: "${V} {{nope}}", c: "{{${V}}}"}
      """, environment: ["V": "vvvv"])
    #expect(tree == nil)
    let fields =
      "Expected: type, timestamp, source, id, status, state, previous_status, sequence, progress, reason, hook, labels, files, task, delivery, attempt, first_seen, created_at, elapsed, digest; what the provider tells is task.NAME"
    #expect(
      errors == [
        #"2:9: body.text: there is no field "idd"; did you mean "id"? \#(fields)"#,
        #"3:14: body.list[1]: there is no field "statu" (at character 3 of the text); did you mean "status"? \#(fields)"#,
        "3:29: body.list[2]: the section {{#id}} is not closed. Expected: {{/id}} after it",
        "4:13: body.deep.a: source has no parts. Expected: source alone, or task.NAME",
        #"4:32: body.deep.b: there is no field "nope". \#(fields)"#,
        #"4:52: body.deep.c: "{{" is not closed by "}}": a tag cannot hold ${…}"#,
      ])
  }

  /// Whatever a provider sends, what comes out is JSON and says the same.
  @Test func noValueCanBreakTheJSON() throws {
    var random = SeededRandom(seed: 3)
    let yaml = """
      sole: "{{task.v}}"
      text: "<{{task.v}}>"
      section: "{{#task.l}}{{.}}|{{/task.l}}"
      raw: "{{{id}}}{{&labels.x}}"
      """
    let tree = try #require(read(yaml).tree)
    for _ in 0..<400 {
      let value = Self.nasty(&random)
      var json = JSONWriter()
      json.object { json in
        json.key("v")
        json.string(value)
        json.key("l")
        json.array { json in for _ in 0..<3 { json.string(value) } }
      }
      let event = sampleEvent(
        id: value, labels: ["x": value], task: String(decoding: json.bytes, as: UTF8.self))
      let root = try JSONDocument(tree.render(TemplateContext(sampleAttempt(event)))).root
      #expect(root["sole"]?.string == value)
      #expect(root["text"]?.string == "<\(value)>")
      #expect(root["section"]?.string == String(repeating: value + "|", count: value.isEmpty ? 3 : 3))
      #expect(root["raw"]?.string == value + value)
    }
  }

  @Test func loneSurrogatesBecomeReplacements() throws {
    let root = try JSONDocument(
      Array(render("a: 'x{{task.v}}'\nb: '{{task.v}}'", task: #"{"v":"\ud800\"\u0000"}"#).utf8)
    ).root
    #expect(root["a"]?.string == "x\u{FFFD}\"\0")
    #expect(root["b"]?.string == "\u{FFFD}\"\0")
  }

  private static func nasty(_ random: inout SeededRandom) -> String {
    let bits = [
      "\"", "\\", "\n", "\r\n", "\0", "\u{1B}", "\u{7F}", "{{", "}}", "{{id}}", "{{#x}}", "{{{", "{", "}",
      "</script>", "\u{2028}",
      "\u{202E}", "\u{FFFF}", "\u{FEFF}", "é", "e\u{301}", "👩‍👩‍👧‍👧", "🎬", "a", " ", "\t", "${X}", "$$", "\\u0000",
      "&amp;", "-0", "[", ",", ":",
    ]
    return (0..<Int.random(in: 0...12, using: &random)).map { _ in bits.randomElement(using: &random)! }
      .joined()
  }
}
