import Config
import Model

/// A case in which an answer has a certain status; all its conditions must hold.
package struct CaseRule: ConfigSection {
  package enum Keys {
    static let equals = Key(
      "if", .expectations, default: [], defaultText: "none",
      doc: "Paths, each with the value or one of the values that must stand there; texts in any case.")
    static let has = Key(
      "has", .jsonPaths, default: [], defaultText: "none",
      doc: "Paths that must all lead to something: not null, false, or empty.")
    static let lacks = Key(
      "lacks", .jsonPaths, default: [], defaultText: "none", doc: "Paths that must all lead to nothing.")
    static let http = Key(
      "http", .oneOrMany(of: .integer(200...599)), default: [], defaultText: "none",
      doc: "HTTP statuses of the answer, one of which it must have.")
    static let resultHTTP = Key(
      "result_http", .oneOrMany(of: .integer(200...599)), default: [], defaultText: "none",
      doc: "HTTP statuses of the answer to the second request, one of which it must have.")
    static let status = Key(
      "status", .string, defaultText: "none", doc: "The status that it is then; a word of `states`.")
    static let statusAt = Key(
      "status_at", .jsonPaths, default: [], defaultText: "none", doc: "Where the status then stands.")
  }

  package static let keys = [
    AnyKey(Keys.equals), AnyKey(Keys.has), AnyKey(Keys.lacks), AnyKey(Keys.http), AnyKey(Keys.resultHTTP),
    AnyKey(Keys.status), AnyKey(Keys.statusAt),
  ]

  package let equals: [Expectation]
  package let has: [JSONPath]
  package let lacks: [JSONPath]
  package let http: Set<Int>
  package let resultHTTP: Set<Int>
  /// Exactly one of the two says something.
  package let status: String?
  package let statusAt: [JSONPath]

  package init?(_ section: Section) {
    equals = section[Keys.equals]
    has = section[Keys.has]
    lacks = section[Keys.lacks]
    http = Set(section[Keys.http])
    resultHTTP = Set(section[Keys.resultHTTP])
    status = section[Keys.status]
    statusAt = section[Keys.statusAt]
    guard section.requireOne(of: [AnyKey(Keys.status), AnyKey(Keys.statusAt)]) else { return nil }
    let conditions = [
      section.has(Keys.equals), section.has(Keys.has), section.has(Keys.lacks), section.has(Keys.http),
      section.has(Keys.resultHTTP),
    ]
    guard conditions.contains(true) else {
      section.fail(
        "a case without a condition always fits", expected: "one of if, has, lacks, http, result_http")
      return nil
    }
  }

  /// Whether it tells of nothing that is there. Such a case fits what only lies around a task, too: it is asked
  /// last, where no part of the answer has a status otherwise.
  var isNegative: Bool { equals.isEmpty && has.isEmpty && http.isEmpty && resultHTTP.isEmpty }

  /// Whether all conditions hold for one object of an answer.
  func fits(_ object: JSONSlice, _ exchange: Exchange) -> Bool {
    if !http.isEmpty, !http.contains(exchange.http) { return false }
    if !resultHTTP.isEmpty {
      guard let status = exchange.resultHTTP, resultHTTP.contains(status) else { return false }
    }
    return equals.allSatisfy { $0.holds(in: object) }
      && has.allSatisfy { $0.first(in: object).map(Self.isSomething) == true }
      && lacks.allSatisfy { $0.first(in: object).map(Self.isSomething) != true }
  }

  /// Whether a value is more than null, false or empty.
  static func isSomething(_ value: JSONSlice) -> Bool {
    switch value.kind {
    case .null: false
    case .bool: value.bool == true
    case .number: true
    case .string: value.bytes.count > 2
    case .array: value.elements.contains { _ in true }
    case .object: value.members.contains { _ in true }
    }
  }
}
