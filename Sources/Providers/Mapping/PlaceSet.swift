/// The kinds of place that a text may have; which parameters there are is checked where they are known.
struct PlaceSet: OptionSet, Sendable {
  let rawValue: Int

  static let id = PlaceSet(rawValue: 1)
  static let ids = PlaceSet(rawValue: 2)
  static let apiKey = PlaceSet(rawValue: 4)
  static let parameters = PlaceSet(rawValue: 8)
  static let task = PlaceSet(rawValue: 16)

  func holds(_ place: Template.Place) -> Bool {
    switch place {
    case .id, .wholeID: contains(.id)
    case .ids: contains(.ids)
    case .apiKey: contains(.apiKey)
    case .parameter, .wholeParameter: contains(.parameters)
    case .task: contains(.task)
    }
  }
}
