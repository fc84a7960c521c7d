import Config
import Foundation
import Model

/// The `run` section of a hook, written as a mapping.
struct CommandSection: ConfigSection {
  enum Keys {
    static let command = Key(
      "command", .command, required: true,
      doc: "A list is a program and its arguments, a text is given to `/bin/sh -c`.")
    static let cwd = Key("cwd", .path, defaultText: "the config's folder", doc: "The folder it runs in.")
    static let env = Key("env", .map(of: .text), doc: "Variables beside taskhook's own.")
    static let stdin = Key(
      "stdin", .word(EventBody.self), default: .task,
      doc: "What it reads: the task JSON (`null` where there is none), or the event with the task in it.")
    static let outputLimit = Key(
      "output_limit", .size, default: CommandSettings.defaultOutputLimit, doc: "The most kept of each output."
    )
  }

  static let keys = [
    AnyKey(Keys.command), AnyKey(Keys.cwd), AnyKey(Keys.env), AnyKey(Keys.stdin), AnyKey(Keys.outputLimit),
  ]

  /// Attempts are kept in the state file, and held in memory while they run.
  private static let largestOutputLimit = 16 << 20

  let settings: CommandSettings

  init?(_ section: Section) {
    let variables = section[Keys.env] ?? []
    let limit = section[Keys.outputLimit]
    var isGood = Self.check(variables)
    if limit > Self.largestOutputLimit {
      section.fail(at: Keys.outputLimit, "16MiB is the most that can be kept")
      isGood = false
    }
    guard isGood, let command = section[Keys.command] else { return nil }
    let context = section.node.context
    let settings = CommandSettings(
      command: command.command, shown: command.shown, folder: section[Keys.cwd] ?? context.folder,
      base: context.folder, environment: variables.map { ($0.name, Secret($0.value)) },
      secrets: command.secrets + Self.secrets(of: variables),
      stdin: section[Keys.stdin],
      outputLimit: limit)
    settings.warn(at: section.node(at: Keys.command) ?? section.node)
    if let cwd = section.node(at: Keys.cwd) { Self.warn(ofFolder: settings.folder, at: cwd) }
    self.settings = settings
  }

  private static func check(_ variables: [Named<String>]) -> Bool {
    var isGood = true
    for variable in variables {
      if let refusal = CommandEnvironment.refusal(of: variable.name) {
        variable.node.failAtKey(refusal)
        isGood = false
      } else if variable.value.unicodeScalars.contains("\0") {
        variable.node.fail("a variable cannot hold a NUL character")
        isGood = false
      }
    }
    return isGood
  }

  /// A flag or a number is in every text, and secret in none.
  private static func secrets(of variables: [Named<String>]) -> [Secret] {
    variables.filter(isSecret).flatMap { variable in
      let secret = Secret(variable.value, parts: variable.node.parts)
      return (variable.value.utf8.count >= 4 ? [secret] : []) + secret.revealParts().map { Secret($0) }
    }
  }

  /// What came by `${…}`, and what is named like a key, is masked where the script prints it.
  private static func isSecret(_ variable: Named<String>) -> Bool {
    let marks = ["KEY", "TOKEN", "SECRET", "PASS", "CREDENTIAL", "AUTH"]
    let name = variable.name.uppercased()
    return variable.node.isSubstituted || marks.contains { name.contains($0) }
  }

  private static func warn(ofFolder folder: String, at node: ConfigNode) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder)
    if !exists { node.warn("there is no such folder yet") }
    if exists, !isFolder.boolValue { node.warn("this is a file, not a folder") }
  }
}

extension CommandSettings {
  /// Warns where the program cannot be found now: it may come before it is needed.
  fileprivate func warn(at node: ConfigNode) {
    let path = environment.last { $0.name == "PATH" }?.value.reveal() ?? node.context.environment["PATH"]
    if case .missing(let reason) = program(path: path) {
      (node.items.first { $0.kind != .null } ?? node).warn(reason)
    }
  }
}

/// A command as it was written.
struct WrittenCommand: Sendable {
  var command: CommandSettings.Command
  var shown: [String]
  /// What came into it by `${…}`.
  var secrets: [Secret]

  static func secrets(of node: ConfigNode) -> [Secret] {
    Secret("", parts: node.parts).revealParts().map { Secret($0) }
  }
}

extension ValueType where Value == WrittenCommand {
  /// A list of words, or a text for the shell.
  static var command: ValueType<WrittenCommand> {
    .either(shell, words).described(summary: "list of texts, or a text", example: "[./archive.sh]")
  }

  private static var shell: ValueType<WrittenCommand> {
    ValueType<String>.string.described(expected: "a text for /bin/sh").refine { text, node in
      guard isRunnable(text, node) else { return nil }
      return WrittenCommand(
        command: .shell(text), shown: ["/bin/sh", "-c", node.isSubstituted ? "***" : text],
        secrets: WrittenCommand.secrets(of: node))
    }
  }

  private static var words: ValueType<WrittenCommand> {
    ValueType<[String]>.list(of: .text, atLeast: 1).described(
      expected: "a list of a program and its arguments"
    )
    .refine { words, node in
      let items = node.items.filter { $0.kind != .null }
      guard zip(words, items).allSatisfy({ isRunnable($0, $1) }) else { return nil }
      if words[0].isEmpty {
        items[0].fail("the program's name is empty")
        return nil
      }
      return WrittenCommand(
        command: .arguments(words), shown: zip(words, items).map { $1.isSubstituted ? "***" : $0 },
        secrets: items.flatMap(WrittenCommand.secrets(of:)))
    }
  }

  private static func isRunnable(_ text: String, _ node: ConfigNode) -> Bool {
    guard text.unicodeScalars.contains("\0") else { return true }
    node.fail("a command cannot hold a NUL character")
    return false
  }
}

extension ValueType where Value == CommandSettings {
  /// `run`: a list, a text, or a mapping.
  static var run: ValueType<CommandSettings> {
    let short = ValueType<WrittenCommand>.command.refine { command, node -> CommandSettings? in
      let folder = node.context.folder
      let settings = CommandSettings(
        command: command.command, shown: command.shown, folder: folder, base: folder, secrets: command.secrets
      )
      settings.warn(at: node)
      return settings
    }
    return .either(short, ValueType<CommandSection>.section(CommandSection.self).map(\.settings))
      .described(example: "[./archive.sh]")
  }
}
