import Config
import Model

/// A task as people and programs write it: an id, or a JSON object `{"id", "source", "labels", "url"}` on one line.
package enum TaskLine {
  /// Why a line names no task.
  package struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
  }

  /// Reads a line; nil for an empty one. `source` is used where the line names none; `sources` are the known
  /// ones.
  package static func read(
    _ line: [UInt8], source: String?, sources: [String]
  ) throws(Refusal) -> NewTask? {
    guard let text = String(validating: line, as: UTF8.self) else { throw Refusal("not UTF-8") }
    let trimmed = text.trimming { $0.isWhitespace }
    if trimmed.isEmpty { return nil }
    guard trimmed.first == "{" else {
      return try task(id: trimmed, source: nil, labels: [:], fallback: source, sources: sources)
    }
    let object: JSONSlice
    do throws(JSONSyntaxError) { object = try JSONDocument(Array(trimmed.utf8)).root } catch {
      throw Refusal("not JSON: \(error)")
    }
    return try read(object, source: source, sources: sources)
  }

  /// Reads the JSON form.
  package static func read(
    _ object: JSONSlice, source: String?, sources: [String]
  ) throws(Refusal) -> NewTask {
    guard object.kind == .object else { throw Refusal("a task is an id or an object with an id") }
    var id: String?
    var url: String?
    var named: String?
    var labels: [String: String] = [:]
    for (key, value) in object.members {
      switch key {
      case "id":
        guard let text = value.string else { throw Refusal("id: must be a string") }
        id = text
      case "url":
        guard let text = value.string else { throw Refusal("url: must be a string") }
        url = text
      case "source":
        guard let text = value.string else { throw Refusal("source: must be a string") }
        named = text
      case "labels":
        guard value.kind == .object else { throw Refusal("labels: must be an object of strings") }
        for (name, label) in value.members {
          guard let text = label.string else { throw Refusal("labels.\(name): must be a string") }
          labels[name] = text
        }
      default: throw Refusal("\(key): unknown key; allowed: id, source, labels, url")
      }
    }
    return try task(id: id, url: url, source: named, labels: labels, fallback: source, sources: sources)
  }

  /// Checks the parts of a task. One that is asked for by a URL of its own may go without an id: then the URL's
  /// host and path, without its query, are the id.
  package static func task(
    id: String?, url: String? = nil, source: String?, labels: [String: String], fallback: String?,
    sources: [String]
  ) throws(Refusal) -> NewTask {
    if let url, let refusal = URLText.refusal(of: url, schemes: ["http", "https"]) {
      throw Refusal("url: the URL \(refusal)")
    }
    guard let id = id ?? url.map(Self.id(ofURL:)) else { throw Refusal("id: missing") }
    if let refusal = TaskID.refusal(of: id) { throw Refusal(refusal) }
    guard let source = source ?? fallback else {
      throw Refusal("there are several sources (\(sources.joined(separator: ", "))): say which")
    }
    guard sources.contains(source) else {
      throw Refusal("unknown source \"\(source)\"; the config has \(sources.joined(separator: ", "))")
    }
    return NewTask(ref: TaskRef(source: source, id: id), url: url, labels: labels)
  }

  private static func id(ofURL url: String) -> String {
    let afterScheme = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    let place = afterScheme.prefix { !"?#".contains($0) }
    let authority = place.prefix { $0 != "/" }
    // A user and a password are no part of a name.
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    return String(host) + String(place[authority.endIndex...])
  }
}

extension StringProtocol {
  fileprivate func trimming(_ unwanted: (Character) -> Bool) -> String {
    var text = self.drop(while: unwanted)
    while let last = text.last, unwanted(last) { text.removeLast() }
    return String(text)
  }
}
