/// The way from the top of the file to a node.
final class ConfigPath: Sendable, CustomStringConvertible {
  enum Step: Sendable {
    case key(String)
    case item(Int)
  }

  let parent: ConfigPath?
  let step: Step?

  init(parent: ConfigPath? = nil, step: Step? = nil) {
    self.parent = parent
    self.step = step
  }

  /// `hooks.alert.on[2]`; items count from 0, as in JSON paths.
  var description: String {
    var steps: [Step] = []
    var path: ConfigPath? = self
    while let here = path {
      if let step = here.step { steps.append(step) }
      path = here.parent
    }
    var text = ""
    for step in steps.reversed() {
      switch step {
      case .key(let name): text += (text.isEmpty ? "" : ".") + Quoting.pathComponent(name)
      case .item(let index): text += "[\(index)]"
      }
    }
    return text
  }
}
