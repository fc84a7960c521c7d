import Model
import Testing

@testable import Providers

/// The JSON that a request sends.
@Suite struct BodyTests {
  private func body(_ tree: String, _ ids: [String] = ["t1"], url: String = "/{id}", more: String = "") throws
    -> String
  {
    let provider = try Fixtures.own(
      read: "status: s, id: id, items: data", request: "{method: POST, url: '\(url)', body: \(tree)\(more)}")
    let request = try provider.request(for: ids.map { TaskAddress(id: $0) })
    return String(decoding: request.body ?? [], as: UTF8.self)
  }

  @Test(arguments: [
    ("{task_ids: ['{id}'], deep: {n: 1, t: true}}", #"{"task_ids":["t1"],"deep":{"n":1,"t":true}}"#),
    ("{a: null, b: ~, c: '', d: [], e: {}}", #"{"a":null,"b":null,"c":"","d":[],"e":{}}"#),
    (
      "{a: 1.50, b: 007, c: 0x10, d: '1', e: \"true\", f: off}",
      #"{"a":1.50,"b":7,"c":16,"d":"1","e":"true","f":"off"}"#
    ),
    ("['task-{id}!', '{+id}', '{id}{id}']", #"["task-t1!","t1","t1t1"]"#),
    // What begins no place is a brace.
    (
      "['{', '}', '{}', '{ id }', 'a{b', '{\"id\":1}', '{prompt}', '{x{id}']",
      #"["{","}","{}","{ id }","a{b","{\"id\":1}","{prompt}","{xt1"]"#
    ),
    ("{\"k\\\"ey\": \"q\\\"\\n\\u0001é\"}", #"{"k\"ey":"q\"\n\u0001é"}"#),
  ])
  func trees(tree: String, json: String) throws {
    #expect(try body(tree) == json)
    #expect(try JSONDocument(Array(json.utf8)).root.kind != .null)
  }

  @Test(arguments: ["a\"b\\c", "{id}", "é\u{2028}", "a/b", "{ids}", "x\t\u{7f}"])
  func idsAreEscaped(id: String) throws {
    let json = try JSONDocument(Array(try body("{a: '{id}', b: 'x{id}y'}", [id]).utf8)).root
    #expect(json["a"]?.string == id && json["b"]?.string == "x\(id)y")
  }

  @Test func idsOfABatch() throws {
    let ids = ["a", "b\"", "c,d"]
    #expect(
      try body("{ids: '{ids}', text: 'all: {ids}'}", ids, url: "/x", more: ", batch: 3")
        == #"{"ids":["a","b\"","c,d"],"text":"all: a,b\",c,d"}"#)
    #expect(try body("{ids: '{ids}'}", ["a"], url: "/x", more: ", batch: 3") == #"{"ids":["a"]}"#)
  }
}
