import Config
import Model

/// A chat or alert service. Each is one YAML file, put into the binary when it is built; a further one is a file in
/// Services, its line here, and its fixtures.
package struct ChatService: Sendable {
  private static let files: [(name: String, yaml: [UInt8])] = [
    ("slack", PackageResources.slack_yaml),
    ("discord", PackageResources.discord_yaml),
    ("teams", PackageResources.teams_yaml),
    ("telegram", PackageResources.telegram_yaml),
    ("pagerduty", PackageResources.pagerduty_yaml),
    ("ntfy", PackageResources.ntfy_yaml),
    ("mattermost", PackageResources.mattermost_yaml),
  ]

  /// All services, in the order of the documentation.
  static let all: [ChatService] = files.compactMap { try? ChatService(name: $0.name, yaml: $0.yaml) }

  /// What all services are told.
  static let texts = Result { () throws(Broken) in
    try read(PackageResources.messages_yaml, "messages", ChatTexts.self)
  }

  /// The key of the config, and the file's name.
  package let name: String
  let file: ServiceFile
  let texts: ChatTexts

  /// A file is not what it should be: a fault of the program, not of its user.
  struct Broken: Error, CustomStringConvertible {
    let description: String
  }

  init(name: String, yaml: [UInt8]) throws(Broken) {
    self.name = name
    file = try Self.read(yaml, name, ServiceFile.self)
    texts = try Self.texts.get()
  }

  static func read<Content: ConfigSection>(
    _ yaml: [UInt8], _ name: String, _ type: Content.Type
  ) throws(Broken) -> Content {
    let diagnostics = Diagnostics()
    let content = ConfigFile.parse(
      yaml, name: "\(name).yaml", folder: "/", environment: [:], diagnostics: diagnostics
    )?.read(type)
    guard let content, !diagnostics.hasErrors else {
      throw Broken(description: diagnostics.errors.map(\.description).joined(separator: "\n"))
    }
    return content
  }
}
