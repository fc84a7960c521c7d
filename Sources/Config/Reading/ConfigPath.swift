import YAML

/// The way from the top of the file to a node.
final class ConfigPath: Sendable, CustomStringConvertible {
  let parent: ConfigPath?
  let step: YAMLStep?

  init(parent: ConfigPath? = nil, step: YAMLStep? = nil) {
    self.parent = parent
    self.step = step
  }

  /// `hooks.alert.on[2]`; items count from 0, as in JSON paths.
  var description: String {
    var steps: [YAMLStep] = []
    var path: ConfigPath? = self
    while let here = path {
      if let step = here.step { steps.append(step) }
      path = here.parent
    }
    return Self.describe(steps.reversed())
  }

  static func describe(_ steps: [YAMLStep]) -> String {
    var text = ""
    for step in steps {
      switch step {
      case .key(let name): text += (text.isEmpty ? "" : ".") + Quoting.pathComponent(name)
      case .item(let index): text += "[\(index)]"
      }
    }
    return text
  }
}
