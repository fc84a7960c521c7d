import Config
import Testing

@testable import taskhook

@Suite struct PlanDifferenceTests {
  private func outline(_ text: String) throws -> PlanDifference.Outline {
    let root = ConfigFile.parse(
      Array(text.utf8), name: "config.yaml", folder: "/", environment: ["KEY": "k1", "OTHER": "k2"],
      diagnostics: Diagnostics())
    return PlanDifference.Outline(try #require(root))
  }

  private func difference(_ old: String, _ new: String) throws -> PlanDifference {
    PlanDifference(from: try outline(old), to: try outline(new))
  }

  @Test func namesTellWhatChanged() throws {
    let difference = try difference(
      """
      sources: {a: {provider: runway}, b: {provider: kling, api_key: "${KEY}"}}
      hooks: {x: {on: done, run: [a]}, y: {on: done, run: [b]}}
      retention: 3d
      """,
      """
      sources: {a: {provider: runway}, b: {provider: kling, api_key: "${OTHER}"}, c: {provider: luma}}
      hooks: {y: {on: change, run: [b]}, z: {on: done, run: [a]}}
      retention: 4d
      heartbeat: {url: "http://h"}
      """)
    #expect(difference.sources.added == ["c"] && difference.sources.changed == ["b"])
    #expect(difference.sources.removed == [])
    #expect(difference.hooks.added == ["z"] && difference.hooks.removed == ["x"])
    #expect(difference.hooks.changed == ["y"])
    #expect(difference.keys.changed == ["retention"] && difference.keys.added == ["heartbeat"])
    #expect(difference.metadata["hooks_changed"] == "y")
    #expect(difference.metadata["sources_removed"] == nil)
  }

  @Test func spellingIsNoChange() throws {
    let difference = try difference(
      "sources:\n  a:\n    provider: runway # mine\nhooks: {x: {on: done, run: [a]}}\nlog: ~",
      "hooks:\n  x:\n    on: done\n    run:\n      - a\nsources: {a: {provider: runway}}")
    #expect(difference.isEmpty)
  }

  @Test func quotesAreAChangeAsTheyTellTextsFromWords() throws {
    #expect(try !difference("hooks: {x: {digest: off}}", "hooks: {x: {digest: \"off\"}}").isEmpty)
  }
}
