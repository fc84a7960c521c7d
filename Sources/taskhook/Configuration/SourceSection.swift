import Config
import Providers
import Watching

/// One source: how its API is asked, and when.
struct SourceSection: ConfigSection {
  static let keys: [AnyKey] = ProviderKeys.keys + WatchRules.keys

  let provider: ProviderSettings
  let rules: WatchRules

  init?(_ section: Section) {
    let provider = ProviderKeys.settings(section)
    let rules = WatchRules(section)
    guard let provider, let rules else { return nil }
    self.provider = provider
    self.rules = rules
  }
}
