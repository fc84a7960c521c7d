/// What the bench is asked for.
struct Order: Equatable {
  /// None named means all.
  var measurements: [Measurement] = []
  /// Where the figures are written to, beside standard output: a Markdown file with a block for each measurement.
  var document: String?
  /// Whether the instructions that are counted become those that later ones are held against.
  var records = false
  /// What the instructions are held against, where that is not the recorded ones.
  var standard: String?

  static let usage = """
    usage: taskhook-bench [--write FILE.md] [MEASUREMENT...]
           taskhook-bench instructions [--record | --against FILE]
    measurements: \(Measurement.allCases.map(\.rawValue).joined(separator: " "))
    """

  /// Nil where it cannot be understood.
  init?(_ arguments: [String]) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "--write":
        guard let path = rest.popFirst() else { return nil }
        document = path
      case "--against":
        guard let path = rest.popFirst() else { return nil }
        standard = path
      case "--record": records = true
      default:
        guard let measurement = Measurement(rawValue: word) else { return nil }
        measurements.append(measurement)
      }
    }
    let ofInstructions = records || standard != nil
    if ofInstructions, measurements != [.instructions] || (records && standard != nil) { return nil }
  }

  /// In the order of their kind, each once.
  var chosen: [Measurement] {
    Measurement.allCases.filter { measurements.isEmpty || measurements.contains($0) }
  }
}
