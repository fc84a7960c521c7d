import Model

extension TemplateValue {
  /// What stands under a name of an object, or at a list's place counted from 0; nil where there is nothing.
  func child(_ name: String) -> TemplateValue? {
    switch self {
    case .object(let members): return members.first { $0.name == name }?.value
    case .json(let slice) where slice.kind == .object: return slice[name].map { .json($0) }
    case .list, .json:
      guard let place = Int(name), place >= 0, String(place) == name else { return nil }
      return element(place)
    default: return nil
    }
  }

  private func element(_ place: Int) -> TemplateValue? {
    switch self {
    case .list(let items): items.indices.contains(place) ? items[place] : nil
    case .json(let slice): slice[place].map { .json($0) }
    default: nil
    }
  }

  /// How many elements a list has, members an object, characters a text; nil for all else.
  var count: Int? {
    switch self {
    case .list(let items): items.count
    case .object(let members): members.count
    case .json(let slice) where slice.kind == .array: slice.elements.reduce(0) { count, _ in count + 1 }
    case .json(let slice) where slice.kind == .object: slice.members.reduce(0) { count, _ in count + 1 }
    default: kind == .text ? text.count : nil
    }
  }

  /// The elements of a list, in order; none of all else.
  package var elements: Elements {
    switch self {
    case .list(let items): .items(items[...])
    case .json(let slice): .slices(slice.elements)
    default: .items([])
    }
  }

  /// The last element of a list.
  var last: TemplateValue? {
    if case .list(let items) = self { return items.last }
    return elements.reduce(nil) { $1 }
  }

  package enum Elements: Sequence, IteratorProtocol, Sendable {
    case items(ArraySlice<TemplateValue>)
    case slices(JSONSlice.Elements)

    package mutating func next() -> TemplateValue? {
      switch self {
      case .items(var items):
        let item = items.popFirst()
        self = .items(items)
        return item
      case .slices(var slices):
        let slice = slices.next()
        self = .slices(slices)
        return slice.map { .json($0) }
      }
    }
  }
}
