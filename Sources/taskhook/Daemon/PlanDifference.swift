import Config
import Logging

/// What differs between two configs, by names.
struct PlanDifference: Equatable {
  struct Names: Equatable {
    var added: [String] = []
    var removed: [String] = []
    var changed: [String] = []

    init(from old: [String: Int], to new: [String: Int]) {
      added = new.keys.filter { old[$0] == nil }.sorted()
      removed = old.keys.filter { new[$0] == nil }.sorted()
      changed = new.filter { old[$0.key] != nil && old[$0.key] != $0.value }.keys.sorted()
    }
  }

  var sources: Names
  var hooks: Names
  /// Other keys of the top level.
  var keys: Names

  init(from old: Outline, to new: Outline) {
    sources = Names(from: old.sources, to: new.sources)
    hooks = Names(from: old.hooks, to: new.hooks)
    keys = Names(from: old.keys, to: new.keys)
  }

  /// What a config says, as far as it is compared.
  struct Outline: Sendable, Equatable {
    var sources: [String: Int] = [:]
    var hooks: [String: Int] = [:]
    var keys: [String: Int] = [:]

    init() {}

    init(_ root: ConfigNode) {
      for entry in root.entries where entry.value.kind != .null {
        switch entry.key {
        case Configuration.Keys.sources.name: sources = Self.prints(of: entry.value)
        case Configuration.Keys.hooks.name: hooks = Self.prints(of: entry.value)
        default: keys[entry.key] = entry.value.fingerprint
        }
      }
    }

    private static func prints(of node: ConfigNode) -> [String: Int] {
      Dictionary(node.entries.map { ($0.key, $0.value.fingerprint) }, uniquingKeysWith: { $1 })
    }
  }

  var isEmpty: Bool {
    [sources, hooks, keys].allSatisfy { $0.added.isEmpty && $0.removed.isEmpty && $0.changed.isEmpty }
  }

  /// As a log line tells it: what is empty is left out.
  var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [:]
    for (what, names) in [("sources", sources), ("hooks", hooks), ("keys", keys)] {
      for (how, list) in [("added", names.added), ("removed", names.removed), ("changed", names.changed)]
      where !list.isEmpty {
        metadata["\(what)_\(how)"] = "\(list.joined(separator: ", "))"
      }
    }
    return metadata
  }
}
