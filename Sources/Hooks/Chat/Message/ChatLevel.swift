/// How good or bad a piece of news is, from best to worst: services show it as a colour, a severity or a priority.
enum ChatLevel: String, Sendable, CaseIterable, Comparable {
  case good, info, warning, bad

  static func < (a: ChatLevel, b: ChatLevel) -> Bool {
    allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
  }
}
