/// A place in a JSON value: `data.status`, `output[0]`, `videos[*].url`.
///
/// Names are parted by dots and taken as they stand; `[n]` is an array's element counted from 0, `[*]` each of
/// its elements.
package struct JSONPath: Sendable, Hashable, CustomStringConvertible {
  private enum Step: Sendable, Hashable {
    /// Where in `names` a name stands: a step without references is free to copy.
    case key(Range<Int>)
    case index(Int)
    case each
  }

  private let steps: [Step]
  /// The UTF-8 of the names.
  private let names: [UInt8]
  /// As it was written.
  package let description: String

  /// Why a text is no path; `offset` counts its characters from 0.
  package struct SyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
    package var message: String
    package var offset: Int
    package var description: String { message }
  }

  package init(_ text: String) throws(SyntaxError) {
    var parser = Parser(text: Array(text))
    steps = try parser.path()
    names = parser.names
    description = text
  }

  private init(steps: [Step], names: [UInt8], description: String) {
    self.steps = steps
    self.names = names
    self.description = description
  }

  /// The way on from where this one leads.
  package static func + (path: JSONPath, further: JSONPath) -> JSONPath {
    let mark = if case .key? = further.steps.first { "." } else { "" }
    let moved = further.steps.map { step in
      guard case .key(let name) = step else { return step }
      return .key(name.lowerBound + path.names.count..<name.upperBound + path.names.count)
    }
    return JSONPath(
      steps: path.steps + moved, names: path.names + further.names,
      description: path.description + mark + further.description)
  }

  /// An element of the array to which this one leads.
  package func element(_ index: Int) -> JSONPath {
    JSONPath(steps: steps + [.index(index)], names: names, description: "\(description)[\(index)]")
  }

  /// A member of the object to which this one leads. Its description is no path where the name has a dot or a
  /// bracket in it.
  package func member(_ name: String) -> JSONPath {
    let longer = names + Array(name.utf8)
    return JSONPath(
      steps: steps + [.key(names.count..<longer.count)], names: longer, description: "\(description).\(name)")
  }

  /// What stands there, in order: more than one value only where the path has a `[*]`.
  package func all(in value: JSONSlice) -> [JSONSlice] {
    var found: [JSONSlice] = []
    visit(value, from: 0) { hit in
      found.append(hit)
      return false
    }
    return found
  }

  /// The first of what stands there.
  package func first(in start: JSONSlice) -> JSONSlice? {
    let document = start.document
    var place = start.index
    for index in steps.indices {
      switch steps[index] {
      case .key(let name):
        guard let member = document.member(name, in: names, of: place) else { return nil }
        place = member
      case .index(let position):
        guard let element = JSONSlice(document: document, index: place)[position] else { return nil }
        place = element.index
      case .each: return firstOfEach(in: JSONSlice(document: document, index: place), from: index)
      }
    }
    return JSONSlice(document: document, index: place)
  }

  private func firstOfEach(in value: JSONSlice, from step: Int) -> JSONSlice? {
    var found: JSONSlice?
    visit(value, from: step) { hit in
      found = hit
      return true
    }
    return found
  }

  /// Calls `body` with each value found until it answers true; answers whether it did.
  @discardableResult
  private func visit(_ start: JSONSlice, from step: Int, _ body: (JSONSlice) -> Bool) -> Bool {
    var value = start
    for index in step..<steps.count {
      switch steps[index] {
      case .key(let name):
        guard let member = value.document.member(name, in: names, of: value.index) else {
          return false
        }
        value = JSONSlice(document: value.document, index: member)
      case .index(let position):
        guard let element = value[position] else { return false }
        value = element
      case .each:
        for element in value.elements where visit(element, from: index + 1, body) { return true }
        return false
      }
    }
    return body(value)
  }

  private struct Parser {
    let text: [Character]
    var at = 0
    var names: [UInt8] = []

    mutating func path() throws(SyntaxError) -> [Step] {
      guard !text.isEmpty else { throw SyntaxError(message: "a path cannot be empty", offset: 0) }
      var steps: [Step] = []
      while at < text.count {
        if text[at] == "[" {
          steps.append(try bracket())
        } else {
          if !steps.isEmpty {
            guard text[at] == "." else {
              throw SyntaxError(message: "\".\" or \"[\" must stand between two steps of a path", offset: at)
            }
            at += 1
          }
          steps.append(.key(try name()))
        }
      }
      return steps
    }

    private mutating func name() throws(SyntaxError) -> Range<Int> {
      let start = at
      while at < text.count, !".[]".contains(text[at]) { at += 1 }
      guard at > start else { throw SyntaxError(message: "a path has an empty name in it", offset: at) }
      let first = names.count
      names += Array(String(text[start..<at]).utf8)
      return first..<names.count
    }

    private mutating func bracket() throws(SyntaxError) -> Step {
      let start = at
      guard let end = text[at...].firstIndex(of: "]") else {
        throw SyntaxError(message: "\"[\" of a path is not closed", offset: start)
      }
      let inner = String(text[(start + 1)..<end])
      at = end + 1
      if inner == "*" { return .each }
      guard !inner.isEmpty, inner.utf8.allSatisfy({ (48...57).contains($0) }), let index = Int(inner) else {
        throw SyntaxError(
          message: "a path has a number or * in brackets, not \"\(inner)\"", offset: start + 1)
      }
      return .index(index)
    }
  }
}

extension [JSONPath] {
  /// The first value that any of the paths leads to and that is not null.
  package func first(in value: JSONSlice) -> JSONSlice? { hit(in: value)?.value }

  /// The same, with the place of the path in the list.
  package func hit(in value: JSONSlice) -> (index: Int, value: JSONSlice)? {
    for index in indices {
      if let found = self[index].first(in: value), !found.isNull { return (index, found) }
    }
    return nil
  }
}
