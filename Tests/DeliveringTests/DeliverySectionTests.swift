import Config
import Model
import Testing

@testable import Delivering

@Suite struct DeliverySectionTests {
  /// Reads the keys of a hook; also answers what was wrong with them.
  private static func read(_ yaml: String) -> (DeliverySection?, [String]) {
    let diagnostics = Diagnostics()
    let node = ConfigFile.parse(
      Array(yaml.utf8), name: "c.yaml", folder: "/etc", environment: [:], diagnostics: diagnostics)
    return (node?.read(DeliverySection.self), diagnostics.errors.map(\.description))
  }

  private static func rules(_ yaml: String, rate: Rate? = nil, digest: DigestRules? = nil) throws
    -> DeliveryRules
  {
    let (section, errors) = read(yaml)
    try #require(errors.isEmpty, "\(errors)")
    return try #require(section).rules(retry: .command, concurrency: 4, rate: rate, digest: digest)
  }

  @Test func whatIsLeftOutDependsOnTheAction() throws {
    #expect(
      try Self.rules("timeout: 1s") == DeliveryRules(retry: .command, concurrency: 4, rate: nil, digest: nil))
    let rate = Rate(1, per: .seconds(1))
    #expect(
      try Self.rules("timeout: 1s", rate: rate, digest: DigestRules())
        == DeliveryRules(retry: .command, concurrency: 4, rate: rate, digest: DigestRules()))
    #expect(try Self.rules("rate: 5/m", rate: rate).rate == Rate(5, per: .seconds(60)))
  }

  @Test(
    arguments: [
      ("digest: off", nil), ("digest: {}", DigestRules()),
      ("digest: {after: 0, every: 1h}", DigestRules(after: 0, every: .seconds(3600))),
      ("digest: {after: 20}", DigestRules(after: 20, every: .seconds(30))),
      ("digest: {every: 5m}", DigestRules(after: 5, every: .seconds(300))),
    ] as [(String, DigestRules?)])
  func digestsAsTheFileSays(yaml: String, expected: DigestRules?) throws {
    for standard in [nil, DigestRules(after: 7, every: .seconds(7))] {
      #expect(try Self.rules(yaml, digest: standard).digest == expected)
    }
  }

  @Test(arguments: [
    ("digest: of", "c.yaml:1:9: digest: \"of\" is none of these; did you mean \"off\"?"),
    ("digest: {after: -1}", "c.yaml:1:17: digest.after: "),
    ("digest: {after: 1001}", "c.yaml:1:17: digest.after: "),
    ("digest: {every: 30}", "c.yaml:1:17: digest.every: "),
    ("digest: {often: 1s}", "c.yaml:1:10: digest.often: unknown key"),
  ])
  func mistakesAreNamed(yaml: String, says: String) {
    let (_, errors) = Self.read(yaml)
    #expect(errors.count == 1 && errors[0].hasPrefix(says), "\(errors)")
  }
}
