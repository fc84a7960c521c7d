import Foundation

/// A regular expression (ICU's syntax) that is searched for anywhere in a text, in bounded time.
package struct TextPattern: Sendable {
  /// Texts are searched this far, in UTF-16 units.
  static let longest = 64 * 1024
  /// A search that takes longer than this is given up and finds nothing: patterns such as `(a+)+$` take ages
  /// on some texts, and what the provider sends must not stop the watching.
  static let patience = Duration.milliseconds(50)

  package let source: String
  private let expression: NSRegularExpression

  /// Why a pattern cannot be read.
  package struct Malformed: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String
  }

  package init(_ pattern: String) throws(Malformed) {
    source = pattern
    do {
      expression = try NSRegularExpression(pattern: pattern)
    } catch {
      // Foundation does not say what is wrong; Swift's own parser, of nearly the same syntax, often does.
      var reason = "not a regular expression"
      do { _ = try Regex(pattern) } catch let problem { reason += ": \(problem)" }
      throw Malformed(description: reason)
    }
  }

  package func isFound(in text: String) -> Bool {
    let units = text as NSString
    let range = NSRange(location: 0, length: min(units.length, Self.longest))
    let began = ContinuousClock.now
    var found = false
    expression.enumerateMatches(in: text, options: .reportProgress, range: range) { match, _, stop in
      if match != nil { found = true }
      if found || began.duration(to: .now) > Self.patience { stop.pointee = true }
    }
    return found
  }
}
