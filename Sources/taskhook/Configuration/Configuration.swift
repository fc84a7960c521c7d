import Config
import Foundation
import Hooks
import Model
import Server
import Watching

/// The whole config file.
struct Configuration: ConfigSection {
  enum Keys {
    static let state = Key(
      "state", .statePath, defaultText: "taskhook.db beside the config", doc: "The SQLite file of the state.")
    static let sources = Key(
      "sources", .map(of: .section(SourceSection.self)), required: true,
      doc: "The task APIs to poll, each under a name of your own.")
    static let tasks = Key(
      "tasks", .list(of: .task, partial: true), default: [], defaultText: "none",
      doc:
        "Ids to watch from the start: `ID` or `{id, source, labels}`; `source` may be left out when there is one."
    )
    static let tasksFrom = Key(
      "tasks_from", .notFolder, defaultText: "none",
      doc:
        "A file that other programs append to: one id, or one such JSON object, a line; picked up while running."
    )
    static let hooks = Key(
      "hooks", .map(of: .section(HookSection.self)), required: true,
      doc: "What to do on which events, each under a name of your own.")
    static let retention = Key(
      "retention", .duration, default: .seconds(30 * 86400),
      doc: "How long ended tasks and their deliveries are kept.")
    static let server = Key(
      "server", .section(ServerSection.self), defaultText: "off",
      doc: "The control API, dashboard, metrics and proxy; `{}` for its defaults.")
    static let heartbeat = Key(
      "heartbeat", .section(HeartbeatSection.self), defaultText: "off",
      doc:
        "A URL that is fetched while the poll loop and the store are healthy, so that an outside monitor notices when they are not."
    )
    static let log = Key("log", .section(LogSection.self), doc: "What is logged, to standard error.")
  }

  static let keys: [AnyKey] = [
    AnyKey(Keys.state), AnyKey(Keys.sources), AnyKey(Keys.tasks), AnyKey(Keys.tasksFrom),
    AnyKey(Keys.hooks), AnyKey(Keys.server), AnyKey(Keys.retention), AnyKey(Keys.heartbeat), AnyKey(Keys.log),
  ]

  let state: String
  let sources: [Named<SourceSection>]
  let tasks: [NewTask]
  let tasksFrom: String?
  let hooks: [Named<ResolvedHook>]
  /// What rules are held against.
  let knowledge: RuleKnowledge
  let server: ServerSection?
  let retention: Duration
  let heartbeat: HeartbeatRules?
  let log: LogSection?
  /// What the file says, to compare it with another.
  let outline: PlanDifference.Outline

  init?(_ section: Section) {
    state = section[Keys.state] ?? ConfigOutline.defaultState(in: section.node.context.folder)
    tasksFrom = section[Keys.tasksFrom]
    server = section[Keys.server]
    retention = section[Keys.retention]
    heartbeat = section[Keys.heartbeat]?.rules
    outline = PlanDifference.Outline(section.node)
    log = section[Keys.log]
    if let node = section.node(at: Keys.sources) { Self.check(namesOf: node) }
    if let node = section.node(at: Keys.hooks) { Self.check(namesOf: node) }
    if let sources = section.node(at: Keys.sources), sources.kind == .mapping, sources.entries.isEmpty {
      section.fail(at: Keys.sources, "there is no source", expected: "at least one source")
    }
    let names = section.node(at: Keys.sources)?.entries.map(\.key) ?? []
    let sources = section[Keys.sources]
    self.sources = sources ?? []
    // Where a source could not be read its words are not known, and none can be called wrong: the rules wait
    // until it can.
    if let sources, sources.count == names.count {
      let knowledge = RuleKnowledge(
        sources: names, hooks: section.node(at: Keys.hooks)?.entries.map(\.key) ?? [],
        vocabulary: sources.flatMap { $0.value.provider.mapping.read.states.words })
      self.knowledge = knowledge
      hooks = (section[Keys.hooks] ?? []).compactMap { hook in
        hook.value.resolved(knowledge).map { Named(name: hook.name, value: $0, node: hook.node) }
      }
    } else {
      knowledge = RuleKnowledge(sources: names, vocabulary: [])
      hooks = []
    }
    tasks = section[Keys.tasks].compactMap { $0.resolved(sources: names) }
    guard sources != nil else { return nil }
  }

  /// Hides every secret of the file.
  var mask: SecretMask {
    let keys = sources.flatMap { source in
      source.value.provider.secrets + (source.value.outputs?.secrets ?? [])
    }
    let own = keys + [server?.token].compactMap(\.self)
    let ofSources = SecretMask(own.flatMap { SecretMask.forms(of: $0) })
    return SecretMask(all: [ofSources] + hooks.map(\.value.action.mask))
  }

  /// Names appear in logs, file paths of the API and environment variables.
  private static func check(namesOf node: ConfigNode) {
    for entry in node.entries {
      let fine =
        !entry.key.isEmpty && entry.key.count <= 64
        && entry.key.unicodeScalars.allSatisfy {
          $0.properties.isAlphabetic || ("0"..."9").contains($0) || "_-.".unicodeScalars.contains($0)
        }
      if !fine {
        entry.value.failAtKey(
          "a name cannot be written like this", expected: "at most 64 letters, digits and _ - .")
      }
    }
  }
}

/// `log:`
struct LogSection: ConfigSection {
  enum Level: String, CaseIterable, Sendable { case debug, info, notice, warning, error }

  enum Keys {
    static let level = Key(
      "level", .word(Level.self), default: .info, doc: "The least of what is logged.")
    static let format = Key(
      "format", .word(LineLogHandler.Format.self), defaultText: "text on a terminal, else json",
      doc: "How a line is written.")
  }

  static let keys: [AnyKey] = [AnyKey(Keys.level), AnyKey(Keys.format)]
  let level: Level
  let format: LineLogHandler.Format?

  init?(_ section: Section) {
    level = section[Keys.level]
    format = section[Keys.format]
  }
}

extension ValueType where Value == String {
  /// A file that may not be there yet.
  static var notFolder: ValueType<String> {
    .path.refine { path, node in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
        return path
      }
      node.fail("\(node.shown) is a folder", expected: "a file, which may not be there yet")
      return nil
    }
  }

  /// The state's file. A database address is told from a path, and refused.
  static var statePath: ValueType<String> {
    .path.refine { path, node in
      guard node.text?.contains("://") != true else {
        node.fail("the state can only be an SQLite file", expected: "a path")
        return nil
      }
      return path
    }
  }
}
