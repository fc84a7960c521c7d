import Config
import Model
import Testing

@Suite struct SectionTests {
  @Test func aWholeConfigIsRead() throws {
    let (read, diagnostics) = Golden.read(
      """
      defaults: &x {}
      sources:
        one:
          provider: runway
          base_url: https://user@example.com:8443/api
          api_key: ${WORD}
          headers: {X-Runway-Version: 2024-11-06, on: off, Empty: ~}
          poll: {every: 10s, rate: 600/m}
          proxy: socks5h://user:pass@[::1]:1080
        two: {provider: http}
      hooks:
        all: &hook
          on: [SUCCEEDED, ~, on]
          webhook: {url: 'https://example.com/${N}', secret: a, verify: Yes}
          breaker: off
          limit: 10MiB
          step: 25%
        some:
          <<: *hook
          on: no
          webhook: ~
          run: [./a, '5']
          breaker: {after: 3}
          limit:
      tasks: [12345, a]
      state: data/x.db
      """.replacing("defaults: &x {}\n", with: ""), folder: "/etc/x")
    #expect(diagnostics.errors.map(\.description) == [])
    let config = try #require(read)
    #expect(config.sources.map(\.name) == ["one", "two"])
    let one = config.sources[0].value
    #expect(one.baseURL == "https://user@example.com:8443/api")
    #expect(one.apiKey?.reveal() == "runway")
    #expect(
      one.headers.map { [$0.name, $0.value] } == [["X-Runway-Version", "2024-11-06"], ["on", "off"]])
    #expect(one.poll?.every == .seconds(10) && one.poll?.rate == Rate(600, per: .seconds(60)))
    #expect(one.poll?.connections == 16)
    #expect(one.connection.proxy?.reveal() == "socks5h://user:pass@[::1]:1080")
    #expect(config.sources[1].value.poll == nil && config.sources[1].value.connection == ConnectionOptions())
    let (all, some) = (config.hooks[0].value, config.hooks[1].value)
    #expect(all.on == ["SUCCEEDED", "on"] && some.on == ["no"])
    #expect(all.webhook?.url.reveal() == "https://example.com/5" && all.webhook?.verify == true)
    #expect(all.webhook?.secrets == [Secret("a")])
    #expect(all.breaker == .off && some.breaker == .rules(after: 3, probe: .seconds(30)))
    #expect(all.limit == 10 << 20 && some.limit == 64 << 10)
    #expect(all.step == 0.25 && some.step == 0.25)
    #expect(some.webhook == nil && some.run == ["./a", "5"])
    #expect(config.tasks == ["12345", "a"])
    #expect(config.retention == .seconds(30 * 86400))
    #expect(config.state == "/etc/x/data/x.db")
  }

  @Test func connectionFilesMustBeThere() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.pem", [])
    let text = """
      sources:
        good: {provider: http, tls: {ca: a.pem, cert: a.pem, key: a.pem}}
        alone: {provider: http, tls: {cert: a.pem}}
        keyed: {provider: http, tls: {key: ./a.pem}}
        none: {provider: http, tls: {ca: none.pem, cert: ., key: "${N}.pem"}}
        typo: {provider: http, tls: {cert: a.pem, kye: a.pem}}
      hooks: {}
      """
    let (config, diagnostics) = Golden.read(text, folder: folder.path)
    #expect(
      config?.sources[0].value.connection
        == ConnectionOptions(
          ca: folder.path + "/a.pem", cert: folder.path + "/a.pem", key: folder.path + "/a.pem"))
    let errors = diagnostics.errors.map { $0.description.replacing(folder.path, with: "FOLDER") }
    #expect(
      errors == [
        "config.yaml:3:33: sources.alone.tls.cert: \"cert\" needs the private key of the certificate. "
          + "Expected: the key \"key\" beside it",
        "config.yaml:4:33: sources.keyed.tls.key: \"key\" needs the certificate it belongs to. "
          + "Expected: the key \"cert\" beside it",
        "config.yaml:5:36: sources.none.tls.ca: the file \"FOLDER/none.pem\" does not exist. "
          + "Expected: a file that can be read",
        "config.yaml:5:52: sources.none.tls.cert: the file \"FOLDER\" is a directory. "
          + "Expected: a file that can be read",
        "config.yaml:5:60: sources.none.tls.key: the file (from ${N}) does not exist. "
          + "Expected: a file that can be read",
        "config.yaml:6:32: sources.typo.tls.cert: \"cert\" needs the private key of the certificate. "
          + "Expected: the key \"key\" beside it",
        "config.yaml:6:45: sources.typo.tls.kye: unknown key; did you mean \"key\"? Allowed: ca, cert, key",
      ])
  }

  struct Checked: ConfigSection {
    static let low = Key("low", .integer(), default: 1, doc: "Low.")
    static let high = Key("high", .integer(), doc: "High.")
    static let other = Key("other", .string, doc: "Not listed.")
    static let keys = [AnyKey(low), AnyKey(high)]

    init?(_ section: Section) {
      if let high = section[Self.high], high < section[Self.low] {
        section.fail(at: Self.high, "\(high) is below low", expected: "\(section[Self.low]) or more")
      }
      if !section.has(Self.low) { section.fail(at: Self.low, "low is wanted") }
      section.node(at: Self.low)?.warn("low is low")
      _ = section[Self.other]
    }
  }

  @Test func anAbsentSectionHasItsDefaults() throws {
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(
      Array("a: {}\nb: {poll: {every: 1m}}\nc: {hook: ~}\nd: {poll: 5}".utf8), name: "f", folder: "/",
      diagnostics: diagnostics)
    let hook = Key("hook", .section(SampleSource.self), doc: "")
    let keys = [AnyKey(SampleSource.Keys.poll), AnyKey(hook)]
    let sections = try #require(root).entries.compactMap { $0.value.section(of: keys) }
    #expect(sections[0][orEmpty: SampleSource.Keys.poll]?.every == .seconds(6))
    #expect(sections[1][orEmpty: SampleSource.Keys.poll]?.every == .seconds(60))
    #expect(sections[2][orEmpty: hook] == nil)
    #expect(sections[3][orEmpty: SampleSource.Keys.poll] == nil)
    #expect(
      diagnostics.errors.map(\.description) == [
        "f:3:1: c.hook: the key \"provider\" is missing. Expected: runway or http",
        "f:4:11: d.poll: a text stands here. Expected: a mapping with the keys every, rate, connections",
      ])
  }

  @Test func sectionsReportTheirOwnMistakes() {
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(
      Array("a: {low: 5, high: 3}\nb: {high: 0}\nc: {}".utf8), name: "f", folder: "/",
      diagnostics: diagnostics)
    for entry in root?.entries ?? [] { _ = entry.value.read(Checked.self) }
    root?["a"]?.failAtKey("not here")
    #expect(
      diagnostics.errors.map(\.description) == [
        "f:1:1: a: not here", "f:1:19: a.high: 3 is below low. Expected: 5 or more",
        "f:2:1: b: low is wanted",
        "f:2:11: b.high: 0 is below low. Expected: 1 or more", "f:3:1: c: low is wanted",
      ])
    #expect(diagnostics.warnings.map(\.description) == ["f:1:10: a.low: low is low"])
  }

  @Test func secretsAreInNoMessage() {
    let marker = "hunter2"
    let keys: [AnyKey] = [
      AnyKey(Key("a", .secret, doc: "")), AnyKey(Key("b", .secretURL, doc: "")),
      AnyKey(Key("c", .url, doc: "")),
      AnyKey(Key("d", .oneOrMany(of: .secret), doc: "")), AnyKey(Key("e", .map(of: .secretURL), doc: "")),
      AnyKey(ConnectionKeys.proxy),
      AnyKey(
        Key(
          "g", .either(.keyword("off", as: nil), ValueType<SecretURL>.secretURL.map { Optional($0) }), doc: ""
        )),
    ]
    for value in [
      "\(marker)", "'\(marker) x'", "[\(marker)]", "{x: \(marker)}", "[[\(marker)]]", "http://\(marker):x",
    ] {
      let text = keys.map { "\($0.name): \(value)" }.joined(separator: "\n")
      let diagnostics = Diagnostics()
      let root = ConfigFile.parse(Array(text.utf8), name: "f", folder: "/", diagnostics: diagnostics)
      #expect(root?.section(of: keys) != nil)
      for error in diagnostics.errors { #expect(!error.description.contains(marker)) }
    }
  }

  @Test func diagnosticsAreBoundedAndInOrder() {
    let diagnostics = Diagnostics()
    for line in (1...600).reversed() {
      for _ in 1...2 {
        diagnostics.error(
          ConfigDiagnostic(file: "f", position: TextPosition(line: line, column: 1), path: "", message: "m"))
      }
    }
    #expect(diagnostics.errors.count == 500 && diagnostics.unlisted == 201)
    #expect(diagnostics.errors.map { $0.position! } == diagnostics.errors.map { $0.position! }.sorted())
  }
}
