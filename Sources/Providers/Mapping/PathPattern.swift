import Config
import Model

/// Paths of an API that are alike: `/v1/models/*:predictLongRunning`, `/v1/generations/**`.
struct PathPattern: Sendable, Equatable {
  /// In which names in braces stand for parameters.
  let template: Template

  /// Whether a path is one of them; both percent-encoded. `value` gives parameters, encoded as well.
  func matches(_ path: Substring, _ value: (Template.Place) -> String?) -> Bool {
    guard let pattern = template.filled(value) else { return false }
    var wanted = pattern.split(separator: "/", omittingEmptySubsequences: false)[...]
    var given = path.split(separator: "/", omittingEmptySubsequences: false)[...]
    while let want = wanted.popFirst() {
      if want == "**" { return true }
      guard let part = given.popFirst(), Self.fits(part, want) else { return false }
    }
    return given.isEmpty
  }

  /// Whether a part without slashes is what `*` in another stands for.
  private static func fits(_ part: Substring, _ pattern: Substring) -> Bool {
    guard let star = pattern.firstIndex(of: "*") else { return part == pattern }
    let before = pattern[..<star]
    let after = pattern[pattern.index(after: star)...]
    return part.utf8.count > before.utf8.count + after.utf8.count && part.hasPrefix(before)
      && part.hasSuffix(after)
  }
}

extension ValueType where Value == PathPattern {
  /// A path with stars and names in braces in it.
  static var pathPattern: ValueType<PathPattern> {
    let expected = "a path that begins with /, each part with one * at most; ** at its end alone"
    return ValueType<Template>.template([.parameters], expected: expected, example: "/v1/videos")
      .refine { template, node in
        let parts = (template.filled { _ in "x" } ?? "").split(
          separator: "/", omittingEmptySubsequences: false)
        let stars = parts.dropLast().contains { $0 == "**" }
        let tooMany = parts.contains { $0 != "**" && $0.count(where: { $0 == "*" }) > 1 }
        guard template.isPath, !stars, !tooMany else {
          node.fail("\(node.shown) is no such path", expected: expected)
          return nil
        }
        return PathPattern(template: template)
      }.described(summary: "path pattern", expected: expected, example: "/v1/videos")
  }
}
