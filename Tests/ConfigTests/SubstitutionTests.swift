import Config
import Testing

@Suite struct SubstitutionTests {
  @Test(arguments: [
    Golden(
      """
      sources: {a: {provider: "${UNSET}", api_key: "${SECRT}", base_url: "https://${WORD}/${NOPE}/${NEVER}"}}
      hooks:
        a:
          on: ${N
          run: ["${}", "${ N }", "${1A}", "${A-b}", "${A:=b}", "${A:-${N}}", "$", "$$", "$${N}", "${file:}", "${file:nowhere}", "${n}"]
      unknown: ${ALSO_UNSET}
      "${KEY}": 1
      ----
      config.yaml:1:25: sources.a.provider: the environment variable UNSET is not set. A default is given by ${UNSET:-default}
      config.yaml:1:46: sources.a.api_key: the environment variable SECRT is not set. A default is given by ${SECRT:-default}
      config.yaml:1:68: sources.a.base_url: the environment variable NOPE is not set. A default is given by ${NOPE:-default}
      config.yaml:1:68: sources.a.base_url: the environment variable NEVER is not set. A default is given by ${NEVER:-default}
      config.yaml:4:9: hooks.a.on: "${" is not closed by "}"; a dollar sign before "{" is written $$
      config.yaml:5:11: hooks.a.run[0]: "${}" is no variable. Expected: ${NAME}, ${NAME:-default} or ${file:PATH}
      config.yaml:5:18: hooks.a.run[1]: "${ N }" is no variable. Expected: ${NAME}, ${NAME:-default} or ${file:PATH}
      config.yaml:5:28: hooks.a.run[2]: "${1A}" is no variable. Expected: ${NAME}, ${NAME:-default} or ${file:PATH}
      config.yaml:5:37: hooks.a.run[3]: "${A-b}" is no variable. Expected: ${NAME}, ${NAME:-default} or ${file:PATH}
      config.yaml:5:47: hooks.a.run[4]: "${A:=b}" is no variable. Expected: ${NAME}, ${NAME:-default} or ${file:PATH}
      config.yaml:5:58: hooks.a.run[5]: the default of ${A} cannot hold another ${
      config.yaml:5:92: hooks.a.run[9]: "${file:}" is no variable. Expected: ${NAME}, ${NAME:-default} or ${file:PATH}
      config.yaml:5:104: hooks.a.run[10]: the file "/nowhere/nowhere" does not exist
      config.yaml:5:123: hooks.a.run[11]: the environment variable n is not set; did you mean "${N}"? A default is given by ${n:-default}
      config.yaml:6:1: unknown: unknown key. Allowed: sources, hooks, tasks, retention, state
      config.yaml:6:10: unknown: the environment variable ALSO_UNSET is not set. A default is given by ${ALSO_UNSET:-default}
      config.yaml:7:1: "${KEY}": unknown key. Allowed: sources, hooks, tasks, retention, state
      """),
    Golden(
      """
      sources:
        a: &a {provider: runway, headers: {X: "a ${UNSET} b ${ALSO_UNSET} c ${"}}
        b: *a
      hooks: {}
      ----
      config.yaml:2:41: sources.a.headers.X: the environment variable UNSET is not set. A default is given by ${UNSET:-default}
      config.yaml:2:41: sources.a.headers.X: the environment variable ALSO_UNSET is not set. A default is given by ${ALSO_UNSET:-default}
      config.yaml:2:41: sources.a.headers.X: "${" is not closed by "}"; a dollar sign before "{" is written $$
      """),
    Golden(
      """
      tasks: [${N}]
      ----
      config.yaml:1:10: within [ ] or { }, a value with ${…} must be put in quotes
      """),
    // What is put in is never shown, and still has to fit.
    Golden(
      """
      sources:
        a: {provider: "${BAD}", base_url: "${BAD}", api_key: "${EMPTY}", poll: {every: "${N}", connections: "${BAD}"}}
        b: {provider: runway, poll: {every: "${BAD}s", rate: "${N}", connections: "${EMPTY}"}, proxy: "${BAD}", tls: {ca: "/${BAD}"}}
      hooks:
        a: {on: "${EMPTY}", run: x, limit: "${N}", step: "${BAD}", breaker: "${BAD}"}
        b: {on: X, webhook: {url: "${BAD}", secret: ["${EMPTY}"], verify: "${BAD}"}}
        c: "${TREE}"
      ----
      config.yaml:2:17: sources.a.provider: the value (from ${BAD}) is none of these. Expected: runway or http
      config.yaml:2:37: sources.a.base_url: the URL (from ${BAD}) has no scheme. Expected: a URL with http:// or https://
      config.yaml:2:56: sources.a.api_key: the secret (from ${EMPTY}) is empty. Expected: a text
      config.yaml:2:82: sources.a.poll.every: the value (from ${N}) has no unit. Expected: one whole number and a unit (ms, s, m, h, d), such as 5s
      config.yaml:2:103: sources.a.poll.connections: the value (from ${BAD}) is no whole number. Expected: a whole number from 1 to 1000
      config.yaml:3:39: sources.b.poll.every: the value (from ${BAD}) is no duration. Expected: one whole number and a unit (ms, s, m, h, d), such as 5s
      config.yaml:3:56: sources.b.poll.rate: the value (from ${N}) has no unit. Expected: one whole number and a unit of time (/s, /m, /h), such as 10/s
      config.yaml:3:77: sources.b.poll.connections: the value (from ${EMPTY}) is no whole number. Expected: a whole number from 1 to 1000
      config.yaml:3:97: sources.b.proxy: the URL (from ${BAD}) has no scheme. Expected: a URL with http://, https://, socks5://, socks5h://, socks4:// or socks4a://
      config.yaml:3:117: sources.b.tls.ca: the file (from ${BAD}) does not exist. Expected: a file that can be read
      config.yaml:5:11: hooks.a.on: the value (from ${EMPTY}) is empty. Expected: a text
      config.yaml:5:38: hooks.a.limit: the value (from ${N}) has no unit. Expected: one whole number and a unit (B, KiB, MiB, GiB, TiB), such as 64KiB
      config.yaml:5:52: hooks.a.step: the value (from ${BAD}) is no percentage. Expected: a whole number from 1 to 100 and a percent sign, such as 25%
      config.yaml:5:71: hooks.a.breaker: the value (from ${BAD}) is none of these. Expected: off or a mapping with the keys after, probe
      config.yaml:6:29: hooks.b.webhook.url: the URL (from ${BAD}) has no scheme. Expected: a URL with http:// or https://
      config.yaml:6:48: hooks.b.webhook.secret[0]: the secret (from ${EMPTY}) is empty. Expected: a text
      config.yaml:6:69: hooks.b.webhook.verify: the value (from ${BAD}) is no boolean. Expected: true or false
      config.yaml:7:6: hooks.c: a text stands here. Expected: a mapping with the keys on, webhook, run, breaker, limit, step
      """),
  ])
  func everyMistakeIsTold(golden: Golden) {
    #expect(golden.errors == golden.expected)
  }

  @Test(arguments: [
    ("${N}", "5"), ("a${N}b${WORD}c", "a5brunwayc"), ("${NONE:-x y}", "x y"), ("${EMPTY:-x}", "x"),
    ("${N:-x}", "5"), ("${NONE:-}", ""), ("${EMPTY}", ""), ("$", "$"), ("a$b", "a$b"), ("$$", "$"),
    ("$${N}", "${N}"), ("$$$$", "$$"), ("$$${N}", "$5"), ("cost: $5", "cost: $5"), ("${NONE:-a$b}", "a$b"),
    ("${NONE:-:-}", ":-"), ("${NONE:-$$}", "$$"), ("}${N}", "}5"), ("${DOLLAR}", "${N} $$ $"),
    ("${NULL}", "null"),
    ("${TREE}", "{a: b}"), ("é${N}é", "é5é"),
  ])
  func whatIsPutInIsTakenAsItIs(text: String, value: String) {
    for yaml in ["\"\(text)\"", "'\(text)'", "|-\n  \(text)", text] {
      let diagnostics = Diagnostics()
      let root = ConfigFile.parse(
        Array("x: \(yaml)".utf8), name: "f", folder: "/", environment: Golden.environment,
        diagnostics: diagnostics)
      // Plain, `}` and `: ` mean something to YAML.
      guard yaml != text || !(text.hasPrefix("}") || text.contains(": ")) else { continue }
      #expect(root?["x"]?.text == value, "\(yaml)")
    }
  }

  /// Quotes around `${…}` are there for YAML's sake: the value still fits its key's type.
  @Test func whatIsPutInTakesTheKeysType() {
    let (config, diagnostics) = Golden.read(
      """
      sources: {a: {provider: "${WORD}", poll: {every: "${N}s", connections: "${N}"}}}
      hooks:
        a:
          on: X
          webhook: {url: "${URL}", verify: "${YES}"}
          breaker: {after: '1${EMPTY}${N}'}
      """)
    #expect(diagnostics.errors.isEmpty)
    #expect(config?.sources[0].value.poll?.every == .seconds(5))
    #expect(config?.sources[0].value.poll?.connections == 5)
    #expect(config?.hooks[0].value.webhook?.url.reveal() == "https://example.com/T0/secret")
    #expect(config?.hooks[0].value.webhook?.verify == true)
    #expect(config?.hooks[0].value.breaker == .rules(after: 15, probe: .seconds(30)))
  }

  @Test(
    arguments: [
      ("plain", [.literal("plain")]), ("a$$b", [.literal("a$b")]), ("''", [.literal("")]),
      ("${A}", [.substituted("x$$y", isDefault: false)]), ("${E}", [.substituted("", isDefault: false)]),
      (
        "$$ ${A}${B:-d} {${A}",
        [
          .literal("$ "), .substituted("x$$y", isDefault: false), .substituted("d", isDefault: true),
          .literal(" {"), .substituted("x$$y", isDefault: false),
        ]
      ),
    ] as [(String, [TextPiece])])
  func aTextKnowsWhatWasPutIntoIt(text: String, pieces: [TextPiece]) throws {
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(
      Array("key: \(text)".utf8), name: "c", folder: "/", environment: ["A": "x$$y", "E": ""],
      diagnostics: diagnostics)
    let node = try #require(root?["key"])
    #expect(node.pieces == pieces)
    #expect(node.text == pieces.map(\.text).joined())
    #expect(node.parts == pieces.compactMap(\.foreign))
  }
}
