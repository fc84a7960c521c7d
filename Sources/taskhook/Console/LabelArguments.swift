/// `--label name=value`, or another option of that form, given any number of times.
enum LabelArguments {
  static func parse(_ texts: [String], option: String = "--label") throws -> [String: String] {
    var labels: [String: String] = [:]
    for text in texts {
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw Failure(.usage, "\(option) \(text): expected name=value")
      }
      labels[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    return labels
  }
}
