import Config
import Model
import Testing

@Suite struct DescribingTests {
  @Test func theReferenceIsATable() {
    let source = """
      | key | meaning | type | default |
      |---|---|---|---|
      | `provider` | Which API. | `runway`, `http` | required |
      | `base_url` | Where it is. | URL | none |
      | `api_key` | Its key. | secret | none |
      | `headers` | Extra headers. | map of name to text | none |
      | `poll` | The pace. | section | none |
      | `poll.every` | Pace of one task. | duration | `6s` |
      | `poll.rate` | Budget of the source. | rate | `20/s` |
      | `poll.connections` | At once. | integer | `16` |
      | `tls` | Certificates in PEM files: `ca` to trust, `cert` and `key` to present. | section | the system's trust store |
      | `tls.ca` | Certificates that are trusted instead of the system's. | path | the system's trust store |
      | `tls.cert` | Client certificate; needs `key`. | path | none |
      | `tls.key` | Private key of the client certificate. | path | none |
      | `proxy` | URL of a proxy. | URL | the usual environment variables |

      """
    #expect(MarkdownReference.table(of: SampleSource.keys) == source)
    let hook = """
      | key | meaning | type | default |
      |---|---|---|---|
      | `on` | Which events. | text, or a list of such | required |
      | `webhook` | Sends a request. | section | none |
      | `webhook.url` | Where requests go. | URL | required |
      | `webhook.secret` | Signs requests. | secret, or a list of such | none |
      | `webhook.verify` | Whether to verify. | boolean | `true` |
      | `run` | Runs a program. | text, or a list of such | none |
      | `breaker` | Stops hammering. | `off` or section | `{after: 5, probe: 30s}` |
      | `breaker.after` | Failures in a row. | integer | `5` |
      | `breaker.probe` | Time between probes. | duration | `30s` |
      | `limit` | Most output kept. | size | `64KiB` |
      | `step` | Progress to tell. | percentage | none |

      """
    #expect(MarkdownReference.table(of: SampleHook.keys) == hook)
  }

  @Test func theSchemaSaysWhatIsRead() {
    let poll = """
      {"type":"object","properties":{\
      "every":{"anyOf":[{"type":"string","pattern":"^0*[1-9][0-9]*(ms|s|m|h|d)$"},{"type":"string","pattern":"\\\\$\\\\{"}],\
      "description":"Pace of one task.","default":"6s"},\
      "rate":{"anyOf":[{"type":"string","pattern":"^0*[1-9][0-9]*/(s|m|h)$"},{"type":"string","pattern":"\\\\$\\\\{"}],\
      "description":"Budget of the source.","default":"20/s"},\
      "connections":{"anyOf":[{"type":"integer","minimum":1,"maximum":1000},{"type":"string","pattern":"\\\\$\\\\{"}],\
      "description":"At once.","default":16}},"additionalProperties":false}
      """
    #expect(JSONSchema.object(of: SampleSource.Poll.keys).text == poll)
    let document = JSONSchema.document(title: "taskhook", keys: SampleConfig.keys)
    #expect(document["$schema"] == "https://json-schema.org/draft/2020-12/schema")
    #expect(document["required"] == ["sources", "hooks"])
    #expect(document["additionalProperties"] == false)
    let hook = document["properties"]?["hooks"]?["additionalProperties"]
    #expect(hook?["required"] == ["on"])
    #expect(
      hook?["properties"]?["on"]?["anyOf"] == [
        ["type": "string", "minLength": 1],
        ["type": "array", "items": ["type": "string", "minLength": 1], "minItems": 1],
      ])
    let breaker = hook?["properties"]?["breaker"]
    #expect(breaker?["description"] == "Stops hammering. Default: `{after: 5, probe: 30s}`.")
    guard case .array(let alternatives) = breaker?["anyOf"] else {
      Issue.record("no alternatives")
      return
    }
    #expect(alternatives[0] == ["const": "off"])
    #expect(alternatives[1]["properties"]?["after"]?["default"] == 5)
  }

  @Test func theSkeletonIsCommentedYAML() {
    let lines = YAMLSkeleton.lines(
      of: SampleSource.keys, values: ["provider": "runway", "poll.rate": "5/s"], indent: 4)
    let expected = """
          # Which API.
          provider: runway
          # Where it is.
          #base_url: https://example.com
          # Its key.
          #api_key: ${SECRET}
          # Extra headers.
          #headers: {name: text}
          # The pace.
          poll:
            # Pace of one task.
          #  every: 6s
            # Budget of the source.
            rate: 5/s
            # At once.
          #  connections: 16
          # Certificates in PEM files: `ca` to trust, `cert` and `key` to present.
          #tls:
          #  # Certificates that are trusted instead of the system's.
          #  ca: file.pem
          #  # Client certificate; needs `key`.
          #  cert: file.pem
          #  # Private key of the client certificate.
          #  key: file.pem
          # URL of a proxy.
          #proxy: http://proxy.example.com:3128
      """
    #expect(lines.joined(separator: "\n") == expected)
  }

  @Test func defaultsAreShownAsTheyWouldBeWritten() {
    let keys = [
      AnyKey(Key("a", .string, default: "x: y", doc: "")),
      AnyKey(Key("b", .list(of: .duration), default: [.seconds(90)], doc: "")),
      AnyKey(Key("c", .oneOrMany(of: .percentage), default: [0.25, 1], doc: "")),
      AnyKey(Key("d", .path, default: "a/b", doc: "")),
      AnyKey(Key("e", .boolean, default: false, doc: "")),
      AnyKey(Key("f", .duration(in: .seconds(1)...(.seconds(9))), default: .seconds(5), doc: "")),
    ]
    #expect(keys.map(\.defaultText) == ["\"x: y\"", "[90s]", "[25%, 100%]", "a/b", "false", "5s"])
  }

  /// Filled in and with every comment sign taken away, a skeleton is a config that is read without a mistake.
  @Test func aSkeletonCanBeRead() {
    let values = ["provider": "runway", "tls": "{}"]
    let source = YAMLSkeleton.lines(of: SampleSource.keys, values: values, indent: 4)
    let hook = YAMLSkeleton.lines(of: SampleHook.keys, values: ["run": "~"], indent: 4)
    let uncommented = (source + ["hooks:", "  b:"] + hook).map { line in
      line.replacing(/^( *)#( *[a-z_]+:)/, with: { "\($0.1)\($0.2)" })
    }
    let text = (["sources:", "  a:"] + uncommented).joined(separator: "\n")
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(
      Array(text.utf8), name: "f", folder: "/", environment: ["SECRET": "x"], diagnostics: diagnostics)
    #expect(root?.read(SampleConfig.self) != nil, "\(text)")
    #expect(diagnostics.errors.map(\.description) == [])
  }

  @Test(
    arguments: [
      ("a b", "a b"), ("5s", "5s"), ("https://a", "https://a"), ("a: b", "\"a: b\""), ("", "\"\""),
      ("- a", "\"- a\""),
      ("null", "\"null\""), ("a, b", "\"a, b\""), ("*", "\"*\""), ("a #b", "\"a #b\""), ("./a", "./a"),
    ] as [(String, String)])
  func textsAreQuotedWhereTheyNeedIt(text: String, yaml: String) {
    #expect(JSONValue.string(text).yamlText == yaml)
    #expect(JSONValue.array([.string(text), 1, true]).yamlText == "[\(yaml), 1, true]")
    let root = ConfigFile.parse(
      Array("a: [\(yaml)]".utf8), name: "f", folder: "/", diagnostics: Diagnostics())
    #expect(root?["a"]?.items.first?.text == text)
  }
}
