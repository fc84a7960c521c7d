import Config
import Model
import Testing

@testable import Watching

@Suite struct GroupByTests {
  private static func read(_ value: String) -> (GroupBy?, [String]) {
    let diagnostics = Diagnostics()
    let node = ConfigFile.parse(
      Array("group_by: \(value)".utf8), name: "c.yaml", folder: "/etc", environment: [:],
      diagnostics: diagnostics)
    return (node?.read(PollSection.self)?.groupBy, diagnostics.errors.map(\.description))
  }

  @Test func labelsAndPlacesInTheTaskAreTaken() throws {
    #expect(Self.read("labels.a.b").0 == .label("a.b"))
    #expect(Self.read("task.input[0].model").0 == .task(try JSONPath("input[0].model")))
    #expect(Self.read("").0 == nil && Self.read("").1.isEmpty)
  }

  @Test(
    arguments: [
      ("labels", "labels needs a name"), ("task", "task needs a path"), ("task.", "task needs a path"),
      ("task.a[", "not closed"), ("label.a", "did you mean \"labels.a\""),
      ("status", "labels.NAME or task.PATH"),
    ])
  func othersAreMistakes(value: String, message: String) {
    let (group, errors) = Self.read(value)
    #expect(group == nil && errors.count == 1)
    #expect(
      errors.allSatisfy { $0.hasPrefix("c.yaml:1:11: group_by: ") && $0.contains(message) }, "\(errors)")
  }

  @Test func valuesThatTellKindsApart() throws {
    let json = Array(#"{"model":"gen4","n":5,"deep":{"a":[1]},"none":null}"#.utf8)
    let kind = { (path: String) in try GroupBy.task(JSONPath(path)).kind(inTask: json) }
    #expect(try kind("model") == "task.model=gen4")
    #expect(try kind("n") == "task.n=5")
    #expect(try kind("deep.a[0]") == "task.deep.a[0]=1")
    #expect(try kind("deep") == nil && kind("none") == nil && kind("no") == nil)
    #expect(GroupBy.label("m").kind(["m": String(repeating: "x", count: 101)]) == nil)
    #expect(GroupBy.label("a.b").kind(["a.b": "c"]) == "labels.a.b=c")
  }
}
