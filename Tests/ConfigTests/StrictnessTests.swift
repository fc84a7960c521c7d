import Config
import Testing

@Suite struct StrictnessTests {
  static let good = "sources: {a: {provider: runway}}\nhooks: {}\n"

  @Test(arguments: [
    // What is missing is missed at the key it is missing under.
    Golden(
      """
      retention: 1d
      ----
      """),
    Golden(
      """
      sources:
        one:
        two: {}
        three: {provider: ~}
      hooks:
        alert:
          webhook:
        done: {on: X, run: a, webhook: {url: https://example.com}}
        other: {on: X}
      ----
      """),
    // All mistakes at once, in the order of the file.
    Golden(
      """
      sourcs: {}
      sources:
        runway:
          provider: runwy
          base_url: example.com
          poll: {every: 5, rat: 5/s, rate: 10, connections: many}
          every: 5s
      hooks:
        alert:
          on: []
          webhook: {url: ftp://example.com, verify: maybe}
          breaker: of
          limit: 64KB
          step: 0.25
          colour: red
      ----
      """),
    // Wrong kinds.
    Golden(
      """
      sources: [a]
      hooks: {a: text, b: {on: {x: y}, run: [[a]], breaker: [off], webhook: https://example.com/secret}}
      tasks: one
      retention: [1d]
      state: {}
      ----
      """),
    Golden(
      """
      - a
      ----
      """),
    Golden(
      """
      text
      ----
      """),
    Golden("\n----\n"),
    Golden("# nothing but a comment\n----\n"),
    // Units.
    Golden(
      """
      sources:
        a: {provider: runway, poll: {every: 5 s, rate: 600/min, connections: 0}}
        b: {provider: runway, poll: {every: 1.5h, rate: 0/s, connections: "5"}}
        c: {provider: runway, poll: {every: 0s, rate: 10, connections: 010}}
        d: {provider: runway, poll: {every: 99999999999999999999s, rate: 99999999999/s, connections: 99999999999999999999}}
        e: {provider: runway, poll: {every: 106752d, rate: 1/d, connections: 1e3}}
        f: {provider: runway, poll: {every: 500ms, rate: -1/s, connections: -1}}
        g: {provider: runway, poll: {every: 1h30m, rate: s, connections: 1.0}}
        h: {provider: runway, poll: {every: '', rate: '', connections: ''}}
      hooks:
        a: {on: X, run: a, limit: 64, step: 25}
        b: {on: X, run: a, limit: 64kib, step: 101%}
        c: {on: X, run: a, limit: 9000000TiB, step: 0%}
        d: {on: X, run: a, limit: 1 MiB, step: 2.5%}
        e: {on: X, run: a, limit: ten, step: half}
        f: {on: X, run: a, limit: 1GB, step: 25 %}
      ----
      """),
    // Texts.
    Golden(
      """
      sources: {a: {provider: "", api_key: "", headers: {X: "", Y: [1]}, base_url: "", proxy: mailto:x}}
      hooks: {a: {on: ["", X, ""], run: ""}}
      state: ''
      ----
      """),
    // Repeated keys.
    Golden(
      """
      sources: {a: {provider: runway, provider: http}}
      hooks: {}
      sources: {}
      hooks: {a: {}}
      ----
      """),
    // Merged values keep their place and their mistakes are told once.
    Golden(
      """
      sources:
        a: &base
          provider: runway
          poll: {every: never}
          pol: 1
        b: {<<: *base, api_key: ""}
        c: {<<: [*base, {proxy: x}]}
        d: *base
      hooks: {a: *nowhere}
      ----
      """),
    Golden(
      """
      sources:
      ⇥a: {provider: runway}
      ----
      """),
    // Names that do not belong into a message as they are.
    Golden(
      """
      sources: {"a.b c": {x: 1}, "\\e[31m": {x: 1}, "日本": {x: 1}}
      hooks: {aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: {on: X, runs: y}}
      ----
      """),
    // Booleans out of YAML 1.1's words only where a boolean is wanted.
    Golden(
      """
      sources: {on: {provider: runway, api_key: yes}}
      hooks:
        a: {on: off, webhook: {url: https://example.com, verify: yES}}
        b: {on: [no, yes], webhook: {url: https://example.com, verify: Off}}
        c: {on: y, webhook: {url: https://example.com, verify: "true"}}
        d: {on: n, webhook: {url: https://example.com, verify: 1}}
        e: {on: n, webhook: {url: https://example.com, verify: tru}}
      ----
      """),
  ])
  func everyMistakeIsTold(golden: Golden) {
    if golden.errors != golden.expected { print("<<<<\n\(golden.text)\n----\n\(golden.errors)\n>>>>") }
  }
}
