/// A preset written as a source of one's own, comments included: a start for whoever needs it otherwise.
struct PresetSource {
  /// A top-level key of the file, with the comments above it.
  private struct Block {
    var key: Substring
    var comments: [Substring]
    var lines: [Substring]
  }

  private let blocks: [Block]
  private let mapping: Mapping

  init(_ yaml: String, _ mapping: Mapping) {
    var blocks: [Block] = []
    var comments: [Substring] = []
    for line in yaml.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty || line.hasPrefix("#") {
        comments.append(line)
      } else if line.hasPrefix(" ") {
        // What looked like comments above a key were within the one before.
        blocks[blocks.count - 1].lines += comments + [line]
        comments = []
      } else {
        blocks.append(Block(key: line.prefix { $0 != ":" }, comments: comments, lines: [line]))
        comments = []
      }
    }
    self.blocks = blocks
    self.mapping = mapping
  }

  /// The lines of a config with this source.
  func text(named name: String) -> String {
    // What is said of the whole file stands above its first key.
    var lines = (blocks.first?.comments ?? []).map(String.init)
    lines += ["sources:", "  \(name):", "    provider: http"]
    for block in blocks {
      switch block.key {
      case "summary", "key", "docs", "params": continue
      case "base_url":
        lines += indented(block)
        lines.append("    api_key: ${\(mapping.key ?? "API_KEY")}")
      case "request":
        lines += parameters
        lines += indented(block)
      default: lines += indented(block)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func indented(_ block: Block) -> [String] {
    (block.comments + block.lines).map { $0.isEmpty ? "" : "    " + filled($0) }
  }

  /// A line with what stands for the parameters put in.
  private func filled(_ line: Substring) -> String {
    mapping.parameters.reduce(String(line)) { line, parameter in
      let word = word(for: parameter)
      return line.replacing("{\(parameter.name)}", with: word).replacing("{+\(parameter.name)}", with: word)
    }
  }

  /// What the parameter is where a source says nothing, else a word in capitals that is to be replaced.
  private func word(for parameter: (name: String, rules: ParameterRules)) -> String {
    parameter.rules.standard ?? parameter.name.uppercased()
  }

  /// Comments on what stands for the parameters.
  private var parameters: [String] {
    mapping.parameters.map { parameter in
      let advice = parameter.rules.standard == nil ? "; to be replaced" : ", or another"
      return "    # \(word(for: parameter))\(advice). \(parameter.rules.doc)"
    }
  }
}

extension Preset {
  /// The preset as a source of one's own in a config: `provider: http`, with its comments. What it leaves to each
  /// source is filled in, or stands there in capitals.
  package func source(named name: String) throws(Broken) -> String {
    PresetSource(String(decoding: yaml, as: UTF8.self), try mapping()).text(named: name)
  }
}
