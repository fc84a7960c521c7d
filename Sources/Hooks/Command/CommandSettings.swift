import Model

/// What a `run` section says.
package struct CommandSettings: Sendable {
  package enum Command: Sendable, Equatable {
    /// A program and its arguments, as they are.
    case arguments([String])
    /// A text for `/bin/sh -c`.
    case shell(String)
  }

  package var command: Command
  /// The command's words as they may be shown: `***` for each that came by `${…}`.
  package var shown: [String]
  /// The folder it runs in; absolute.
  package var folder: String
  /// The folder of the config file, which a relative program is relative to; absolute.
  package var base: String
  /// Variables beside taskhook's own.
  package var environment: [(name: String, value: Secret)]
  /// Which of those values are masked in the outputs.
  package var secrets: [Secret]
  package var stdin: EventBody
  /// The most that is kept of each output, in bytes.
  package var outputLimit: Int

  package static let defaultOutputLimit = 64 * 1024

  package init(
    command: Command, shown: [String] = [], folder: String, base: String,
    environment: [(name: String, value: Secret)] = [],
    secrets: [Secret] = [], stdin: EventBody = .task, outputLimit: Int = defaultOutputLimit
  ) {
    self.command = command
    self.shown = shown
    self.folder = folder
    self.base = base
    self.environment = environment
    self.secrets = secrets
    self.stdin = stdin
    self.outputLimit = outputLimit
  }
}
