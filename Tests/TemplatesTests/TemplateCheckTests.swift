import TestSupport
import Testing

@testable import Templates

@Suite struct TemplateCheckTests {
  private func problem(_ text: String) -> TemplateProblem? {
    do throws(TemplateProblem) {
      _ = try TextTemplate(text, knowing: .message)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    arguments: [
      ("{{idd}}", #"there is no field "idd""#, "id", 0),
      ("ab {{statu}}", #"there is no field "statu""#, "status", 3),
      ("é🎬{{lables.x}}", #"there is no field "lables""#, "labels", 2),
      ("{{failureCode}}", #"there is no field "failureCode""#, nil, 0),
      ("{{source.x}}", "source has no parts", nil, 0), ("{{id.0}}", "id has no parts", nil, 0),
      ("{{elapsed.x}}", "elapsed has no parts", nil, 0),
      ("{{digest.cuont}}", #"digest has no "cuont""#, "count", 0),
      ("{{digest.first.0.idd}}", #"digest.first.0 has no "idd""#, "id", 0),
      ("{{#digest}}{{cuont}}{{/digest}}", #"there is no field "cuont""#, "count", 11),
      (
        "{{#digest}}{{#counts}}{{.tpe}}{{/counts}}{{/digest}}", #"the section's element has no "tpe""#,
        "type", 22
      ),
      ("{{#id}}{{statu}}{{/id}}", #"there is no field "statu""#, "status", 7),
      ("{{#id}}{{.x}}{{/id}}", "the section's element has no parts", nil, 7),
      ("{{#task}}x{{/task}}{{x}}", #"there is no field "x""#, nil, 19),
      ("{{^task.output}}{{url}}{{/task.output}}", #"there is no field "url""#, nil, 16),
      ("{{#json(task.output)}}{{url}}{{/json(task.output)}}", #"there is no field "url""#, nil, 22),
      ("{{files.0.ulr}}", #"files.0 has no "ulr""#, "url", 0),
      ("{{.}}", "{{.}} has a meaning only within a section, {{#FIELD}}…{{/FIELD}}", nil, 0),
      ("{{index()}}", "{{index()}} has a meaning only within a section, {{#FIELD}}…{{/FIELD}}", nil, 0),
      ("{{durtion(elapsed)}}", #"there is no transform "durtion""#, "duration", 0),
      ("{{duration()}}", "duration() needs a field in its brackets", nil, 0),
      ("{{sum()}}", #"there is no "sum"()"#, nil, 0),
      ("{{#id}}{{upper(index())}}{{/id}}", "index() cannot stand within another's brackets", nil, 7),
      ("x{{id", #""{{" is not closed by "}}""#, nil, 1), ("{{{id}}", #""{{" is not closed by "}}""#, nil, 0),
      ("{{}}", "a tag names nothing", nil, 0), ("{{ }}", "a tag names nothing", nil, 0),
      ("{{#}}", "a tag names nothing", nil, 0),
      ("{{a b}}", #""a b" is no field"#, nil, 0), ("{{id..x}}", #""id..x" is no field"#, nil, 0),
      ("{{task.}}", #""task." is no field"#, nil, 0),
      ("{{task[x]}}", #""task[x]" is no field"#, nil, 0),
      ("{{upper(id}}", #""upper(id" is no field"#, nil, 0), ("{{id)}}", #""id)" is no field"#, nil, 0),
      ("{{#id}}x", "the section {{#id}} is not closed", nil, 0),
      ("a{{^id}}{{#status}}{{/status}}", "the section {{#id}} is not closed", nil, 1),
      ("{{/id}}", "{{/id}} closes no section", nil, 0),
      ("{{#id}}{{/status}}", "{{/status}} stands where {{#id}} must be closed first", nil, 7),
      (
        "{{#first(task.a)}}{{/task.a}}", "{{/task.a}} stands where {{#first(task.a)}} must be closed first",
        nil, 18
      ),
      ("{{> x}}", "partials, {{>…}}, are not supported", nil, 0),
      ("{{<x}}", "inheritance, {{<…}} and {{$…}}, is not supported", nil, 0),
      ("{{$x}}", "inheritance, {{<…}} and {{$…}}, is not supported", nil, 0),
      ("{{% CONTENT_TYPE: HTML}}", "pragmas, {{%…}}, are not supported", nil, 0),
      ("{{=<% %>=}}", "other delimiters, {{=…=}}, are not supported", nil, 0),
    ] as [(String, String, String?, Int)])
  func mistakes(template: String, message: String, suggestion: String?, offset: Int) {
    let problem = problem(template)
    #expect(problem?.message == message)
    #expect(problem?.suggestion == suggestion)
    #expect(problem?.offset == offset)
  }

  @Test func nestingIsBounded() {
    func nested(_ depth: Int) -> String {
      String(repeating: "{{#id}}", count: depth) + "x" + String(repeating: "{{/id}}", count: depth)
    }
    #expect(problem(nested(32)) == nil)
    #expect(problem(nested(33))?.message == "sections are nested more than 32 deep")
    #expect(problem(nested(100_000)) != nil)
  }

  @Test(
    arguments: [
      "{{#task.output}}{{url}}{{a.b.c}}{{.x.y}}{{/task.output}}", "{{#labels}}{{x}}{{/labels}}",
      "{{#task}}{{#x}}{{y}}{{/x}}{{/task}}",
      "{{#files}}{{url}}{{bytes}}{{id}}{{/files}}", "{{ #task.a }}{{/ task.a }}",
      "{{#task.a[0]}}{{/task.a.0}}",
      "{{#last(task.output)}}{{url}}{{/last(task.output)}}", "{{.id}}",
    ])
  func whatIsWell(template: String) { #expect(problem(template) == nil) }

  /// Whatever stands in a config: it is refused, or it can be rendered.
  @Test func noTextIsTooStrange() {
    var random = SeededRandom(seed: 11)
    let bits = [
      "{{", "}}", "{{{", "}}}", "{", "}", "#", "^", "/", "!", "&", ">", "id", "task", ".", "task.output", "(",
      ")",
      "first", "first()", "index()", "upper(id)", " ", "\n", "\r\n", "-0", "[0]", "é", "🎬", "{{id}}",
      "{{#task.output}}",
      "{{/task.output}}", "{{^id}}", "{{/id}}", "{{#id}}", "{{.}}", "=", "$", "\u{301}", "\0", "{{! x }}",
    ]
    var rendered = 0
    for _ in 0..<4000 {
      let text = (0..<Int.random(in: 1...10, using: &random)).map { _ in bits.randomElement(using: &random)! }
      guard let template = try? TextTemplate(text.joined(), escape: .markdown, knowing: .message) else {
        continue
      }
      rendered += 1
      _ = template.render(TemplateContext(sampleAttempt()))
    }
    #expect(rendered > 500)
  }
}
