import Foundation

/// A regular expression (ICU's syntax) that is searched for anywhere in a text, in bounded time.
package struct TextPattern: Sendable {
  /// Texts are searched this far, in UTF-16 units.
  static let longest = 64 * 1024
  /// A search that takes more of the processor than this is given up and finds nothing: patterns such as
  /// `(a+)+$` take ages on some texts, and what the provider sends must not stop the watching. A plain search
  /// to the bound above takes about 10 ms. Not measured on the wall: a busy machine finds the same.
  static let patience = Duration.milliseconds(200)

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

  package func isFound(in text: String) -> Bool { match(in: text) != nil }

  /// What the first pair of brackets of the pattern stands for in the first match; nil where there is none.
  func group(in text: String) -> String? {
    guard let match = match(in: text), match.numberOfRanges > 1,
      let range = Range(match.range(at: 1), in: text)
    else { return nil }
    return String(text[range])
  }

  private func match(in text: String) -> NSTextCheckingResult? {
    let units = text as NSString
    let range = NSRange(location: 0, length: min(units.length, Self.longest))
    let limit = Self.processorTime() + Self.patience
    var calls = 0
    var found: NSTextCheckingResult?
    expression.enumerateMatches(in: text, options: .reportProgress, range: range) { match, _, stop in
      calls += 1
      if let match { found = match }
      if found != nil || calls % 32 == 0 && Self.processorTime() > limit { stop.pointee = true }
    }
    return found
  }

  /// What this thread has used; the search stays on it.
  private static func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
