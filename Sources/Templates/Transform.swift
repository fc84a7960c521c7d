import Foundation
import Model

/// What a template can make of a value: `{{duration(elapsed)}}`.
///
/// A value that a transform is not made for is given back unchanged, so that an alert shows at least what came.
/// Of what is absent nothing is made: it stays absent.
enum Transform: String, Sendable, CaseIterable {
  /// Seconds, a number or a text of one: `850ms`, `32s`, `1m 32s`, `2h 5m`, `3d 4h`.
  case duration
  /// An RFC 3339 text, or seconds or milliseconds since 1970: `2026-05-01 12:47 UTC`.
  case time
  /// The same: `12:47:47 UTC`.
  case clock
  /// The same: `2026-05-01`.
  case date
  /// The same, as whole seconds since 1970: what Slack's and Discord's own date marks take.
  case unix
  /// At most 80 characters; where there were more, the last is `…`.
  case shorten
  /// The host of a URL.
  case host
  /// The last part of a URL's path, percent-decoded; or of a path.
  case file
  /// The text as it can stand within a URL: all but letters, digits and `-._~` percent-encoded.
  case urlencode
  /// A number from 0 to 1: `42%`. Below 1 it is never 100%.
  case percent
  /// The value as JSON text.
  case json
  case lower, upper
  /// How many elements a list has, members an object, characters a text.
  case count
  /// The first and the last element of a list; null of an empty one.
  case first, last

  func apply(to value: TemplateValue) -> TemplateValue {
    switch self {
    case .duration: value.number.flatMap(TimeTexts.duration).map { .text($0) } ?? value
    case .time: value.timestamp.map { .text(TimeTexts.time($0)) } ?? value
    case .clock: value.timestamp.map { .text(TimeTexts.clock($0)) } ?? value
    case .date: value.timestamp.map { .text(TimeTexts.date($0)) } ?? value
    case .unix: value.timestamp.map { .number(String(TimeTexts.unix($0))) } ?? value
    case .shorten: value.mapText { Self.shortened($0, to: 80) }
    case .host: value.mapText { URLComponents(string: $0)?.host.flatMap { $0.isEmpty ? nil : $0 } ?? $0 }
    case .file: value.mapText { Self.file($0) ?? $0 }
    case .urlencode: value.isScalar ? .text(PercentEncoding.encode(value.text)) : value
    case .percent: value.number.flatMap(Self.percentage).map { .text($0) } ?? value
    case .json: .text(value.jsonText)
    case .lower: value.mapText { $0.lowercased() }
    case .upper: value.mapText { $0.uppercased() }
    case .count: value.count.map { .integer($0) } ?? value
    case .first: value.kind == .list ? value.child("0") ?? .null : value
    case .last: value.kind == .list ? value.last ?? .null : value
    }
  }

  private static func shortened(_ text: String, to most: Int) -> String {
    guard let end = text.index(text.startIndex, offsetBy: most, limitedBy: text.endIndex), end < text.endIndex
    else { return text }
    return text.prefix(most - 1) + "…"
  }

  private static func file(_ text: String) -> String? {
    var path = text.prefix { $0 != "?" && $0 != "#" }
    if let scheme = path.range(of: "://") {
      guard let slash = path[scheme.upperBound...].firstIndex(of: "/") else { return nil }
      path = path[slash...]
    }
    guard let last = path.split(separator: "/").last else { return nil }
    return last.removingPercentEncoding ?? String(last)
  }

  private static func percentage(_ share: Double) -> String? {
    guard (0...1).contains(share) else { return nil }
    let rounded = Int((share * 100).rounded())
    return "\(share < 1 ? min(rounded, 99) : rounded)%"
  }
}

extension TemplateValue {
  fileprivate var isScalar: Bool { kind == .number || kind == .text || kind == .bool }

  /// The value of a number, or of a text that is one.
  fileprivate var number: Double? {
    guard kind == .number || kind == .text, let value = Double(text), value.isFinite else { return nil }
    return value
  }

  fileprivate func mapText(_ change: (String) -> String) -> TemplateValue {
    kind == .text ? .text(change(text)) : self
  }
}
