import Config
import Outputs
import Providers
import Watching

/// One source: how its API is asked, and when.
struct SourceSection: ConfigSection {
  static let outputs = Key(
    "outputs", .section(OutputsSection.self), defaultText: "off",
    doc: "Keeps copies of the files that a task made, once it has succeeded.")

  static let keys: [AnyKey] = ProviderKeys.keys + WatchRules.keys + [AnyKey(outputs)]

  /// The preset, or `http`.
  let kind: String
  let provider: ProviderSettings
  let rules: WatchRules
  let outputs: OutputsSection?

  init?(_ section: Section) {
    let provider = ProviderKeys.settings(section)
    let rules = WatchRules(section)
    guard let provider, let rules else { return nil }
    self.provider = provider
    kind = section[ProviderKeys.provider]?.rawValue ?? ""
    self.rules = rules
    outputs = section[Self.outputs]
    if section.has(Self.outputs), provider.mapping.read.outputs == nil {
      section.fail(
        at: Self.outputs, "tasks of this provider name no files, as far as its mapping says",
        expected: "read.outputs, in a mapping of your own")
    }
  }
}
