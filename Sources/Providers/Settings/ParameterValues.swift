import Config

/// What a source gives for the parameters of its mapping.
struct ParameterValues {
  private let parameters: [(name: String, rules: ParameterRules)]

  init(_ mapping: Mapping) { parameters = mapping.parameters }

  /// A value for each of them; nil where an error was reported.
  func read(_ section: Section) -> [String: String]? {
    var values: [String: String] = [:]
    var isFine = true
    for given in section[ProviderKeys.parameters] {
      let names = parameters.map(\.name)
      if !names.contains(given.name) {
        given.node.failAtKey(
          "the preset has no such parameter",
          expected: names.isEmpty ? "none: nothing is left open" : names.joined(separator: ", "),
          suggestion: Nearest.name(to: given.name, among: names))
        isFine = false
      } else if let refusal = ParameterRules.refusal(of: given.value) {
        given.node.fail("\(given.node.shown) \(refusal)")
        isFine = false
      } else {
        values[given.name] = given.value
      }
    }
    for parameter in parameters where values[parameter.name] == nil {
      if let standard = parameter.rules.standard {
        values[parameter.name] = standard
      } else if section.node(at: ProviderKeys.parameters)?[parameter.name] == nil {
        section.fail("params.\(parameter.name) is missing: \(parameter.rules.doc)")
        isFine = false
      }
    }
    return isFine ? values : nil
  }
}
