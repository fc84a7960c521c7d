import Config
import Delivering
import Foundation
import Hooks
import Testing
import Watching

@testable import taskhook

/// Documents that follow from the declarations of the keys. To write them anew after a change:
/// TASKHOOK_WRITE_DOCS=1 swift test --filter ReferenceTests
@Suite struct ReferenceTests {
  private static let top = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("../..").standardizedFileURL
  private static let writes = ProcessInfo.processInfo.environment["TASKHOOK_WRITE_DOCS"] != nil

  private static var reference: String {
    """
    <!-- reference -->
    ### Top level

    \(MarkdownReference.table(of: Configuration.keys))
    ### A source

    \(MarkdownReference.table(of: SourceSection.keys))
    ### A hook

    \(MarkdownReference.table(of: HookSection.keys))
    <!-- /reference -->
    """
  }

  @Test func theReadmeHasTheReference() throws {
    let file = Self.top.appendingPathComponent("README.md")
    var text = try String(contentsOf: file, encoding: .utf8)
    let begin = try #require(text.range(of: "<!-- reference -->"))
    let end = try #require(text.range(of: "<!-- /reference -->"))
    if Self.writes {
      text.replaceSubrange(begin.lowerBound..<end.upperBound, with: Self.reference)
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    #expect(
      String(text[begin.lowerBound..<end.upperBound]) == Self.reference,
      "declarations have changed: see the head of this file")
  }

  @Test func theSampleIsWhatInitWrites() throws {
    let file = Self.top.appendingPathComponent("config.yaml.sample")
    if Self.writes { try ConfigTemplate.text.write(to: file, atomically: true, encoding: .utf8) }
    #expect(try String(contentsOf: file, encoding: .utf8) == ConfigTemplate.text)
  }

  @Test func theSampleIsAConfig() throws {
    let assembly = try Assembly.compose(
      ConfigTemplate.text, name: "config.yaml.sample", values: Self.environment)
    #expect(assembly.configuration.sources.map(\.name) == ["runway"])
    #expect(assembly.configuration.hooks.map(\.name) == ["pipeline"])
    #expect(assembly.warnings.isEmpty)
  }

  /// With every key that is commented out switched on, one at a time where two exclude each other.
  @Test func whatTheSampleHasCommentedOutIsAConfigToo() throws {
    // A service's own message is either a text or a body.
    let alike = HookKeys.actions.map(\.name).filter { $0 != "webhook" }.flatMap {
      [($0, "text"), ($0, "body")]
    }
    let variants =
      alike.map { (action: $0.0, without: Set([$0.1])) }
      + [["body", "form"], ["format", "form"], ["format", "body"]].map { ("webhook", Set($0)) }
    for (action, without) in variants {
      var lines: [String] = []
      var skipped: Int?
      var isInside = false
      for line in ConfigTemplate.text.split(separator: "\n", omittingEmptySubsequences: false).map(
        String.init)
      {
        var line = line
        if line.hasPrefix("  # everything:") {
          line = "  everything:"
          isInside = true
        }
        if line.hasPrefix("  #   ") && !line.hasPrefix("  #   run: [./announce.sh]")
          && !line.hasPrefix("  #   on: done") && !line.hasPrefix("  #   # The task JSON")
        {
          line = "    " + line.dropFirst(6)
        }
        let indent = line.prefix { $0 == " " }.count
        if let level = skipped, indent > level { continue }
        skipped = nil
        let key = line.drop { $0 == " " }.prefix { $0 != ":" }
        let unwanted = without.union(HookKeys.actions.map(\.name).filter { $0 != action })
          .union(["tls", "basic", "oauth2", "cwd", "attempts", "first", "most"])
        if isInside, unwanted.contains(String(key)), indent >= 4 {
          skipped = indent
          continue
        }
        lines.append(line)
      }
      let text = lines.joined(separator: "\n")
      let assembly = try Assembly.compose(text, name: "sample", values: Self.environment)
      #expect(assembly.configuration.hooks.map(\.name) == ["pipeline", "everything"], "\(action)")
    }
  }

  @Test func theConfigsInTheReadmeAreConfigs() throws {
    let text = try String(contentsOf: Self.top.appendingPathComponent("README.md"), encoding: .utf8)
    let blocks = text.components(separatedBy: "```yaml\n").dropFirst()
      .compactMap { $0.components(separatedBy: "\n```").first }
    #expect(!blocks.isEmpty)
    for block in blocks { _ = try Assembly.compose(block, name: "README.md", values: Self.environment) }
  }

  @Test func theReadmeNamesEveryCommand() throws {
    let text = try String(contentsOf: Self.top.appendingPathComponent("README.md"), encoding: .utf8)
    for command in TaskhookCommand.configuration.subcommands {
      let name = try #require(command.configuration.commandName)
      #expect(text.contains("taskhook \(name)"), "\(name)")
    }
  }

  private static let environment = [
    "TASKHOOK_TOKEN": "the-token-of-the-server", "COMETAPI_KEY": "key",
    "WEBHOOK_URL": "https://example.com/hook", "SECRET": "s3cret",
    "SLACK_WEBHOOK_URL": "https://example.com/slack", "DISCORD_WEBHOOK_URL": "https://example.com/discord",
    "TEAMS_WEBHOOK_URL": "https://example.com/teams",
    "MATTERMOST_WEBHOOK_URL": "https://example.com/mattermost",
    "TELEGRAM_BOT_TOKEN": "123456:ABC-DEF", "PAGERDUTY_ROUTING_KEY": "0123456789abcdef0123456789abcdef",
    "NTFY_TOPIC": "alerts", "NTFY_TOKEN": "tk_x",
    "WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  ]
}
