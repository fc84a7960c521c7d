import Config
import Testing

@Suite struct StrictnessTests {
  @Test(arguments: [
    // What is missing is missed at the key it is missing under.
    Golden(
      """
      retention: 1d
      ----
      config.yaml:1:1: the key "sources" is missing. Expected: names, each with a mapping with the keys provider, base_url, api_key, headers, poll, tls, proxy
      config.yaml:1:1: the key "hooks" is missing. Expected: names, each with a mapping with the keys on, webhook, run, breaker, limit, step
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
      config.yaml:2:3: sources.one: the key "provider" is missing. Expected: runway or http
      config.yaml:3:3: sources.two: the key "provider" is missing. Expected: runway or http
      config.yaml:4:3: sources.three: the key "provider" is missing. Expected: runway or http
      config.yaml:6:3: hooks.alert: the key "on" is missing. Expected: a text, or a list of such
      config.yaml:6:3: hooks.alert: one of the keys webhook or run is missing
      config.yaml:8:25: hooks.done.webhook: only one of the keys webhook or run can stand here, and run does
      config.yaml:9:3: hooks.other: one of the keys webhook or run is missing
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
      config.yaml:1:1: sourcs: unknown key; did you mean "sources"? Allowed: sources, hooks, tasks, retention, state
      config.yaml:4:15: sources.runway.provider: "runwy" is none of these; did you mean "runway"? Expected: runway or http
      config.yaml:5:15: sources.runway.base_url: the URL has no scheme. Expected: a URL with http:// or https://
      config.yaml:6:19: sources.runway.poll.every: "5" has no unit; did you mean "5s"? Expected: one whole number and a unit (ms, s, m, h, d), such as 5s
      config.yaml:6:22: sources.runway.poll.rat: unknown key; did you mean "rate"? Allowed: every, rate, connections
      config.yaml:6:38: sources.runway.poll.rate: "10" has no unit; did you mean "10/s"? Expected: one whole number and a unit of time (/s, /m, /h), such as 10/s
      config.yaml:6:55: sources.runway.poll.connections: "many" is no whole number. Expected: a whole number from 1 to 1000
      config.yaml:7:5: sources.runway.every: unknown key; did you mean "poll.every"? Allowed: provider, base_url, api_key, headers, poll, tls, proxy
      config.yaml:10:9: hooks.alert.on: the list is empty. Expected: a list, not empty, each item a text
      config.yaml:11:20: hooks.alert.webhook.url: the URL has another scheme. Expected: a URL with http:// or https://
      config.yaml:11:47: hooks.alert.webhook.verify: "maybe" is no boolean. Expected: true or false
      config.yaml:12:14: hooks.alert.breaker: "of" is none of these; did you mean "off"? Expected: off or a mapping with the keys after, probe
      config.yaml:13:12: hooks.alert.limit: "64KB" is no size; did you mean "64KiB"? Expected: one whole number and a unit (B, KiB, MiB, GiB, TiB), such as 64KiB
      config.yaml:14:11: hooks.alert.step: "0.25" is no percentage. Expected: a whole number from 1 to 100 and a percent sign, such as 25%
      config.yaml:15:5: hooks.alert.colour: unknown key. Allowed: on, webhook, run, breaker, limit, step
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
      config.yaml:1:10: sources: a list stands here. Expected: names, each with a mapping with the keys provider, base_url, api_key, headers, poll, tls, proxy
      config.yaml:2:12: hooks.a: a text stands here. Expected: a mapping with the keys on, webhook, run, breaker, limit, step
      config.yaml:2:26: hooks.b.on: a mapping stands here. Expected: a text, or a list of such
      config.yaml:2:40: hooks.b.run[0]: a list stands here. Expected: a text
      config.yaml:2:55: hooks.b.breaker: a list stands here. Expected: off or a mapping with the keys after, probe
      config.yaml:2:62: hooks.b.webhook: only one of the keys webhook or run can stand here, and run does
      config.yaml:2:71: hooks.b.webhook: a text stands here. Expected: a mapping with the keys url, secret, verify
      config.yaml:3:8: tasks: a text stands here. Expected: a list, each item a text
      config.yaml:4:12: retention: a list stands here. Expected: one whole number and a unit (ms, s, m, h, d), such as 5s
      config.yaml:5:8: state: a mapping stands here. Expected: a path
      """),
    Golden(
      """
      - a
      ----
      config.yaml:1:1: a list stands here. Expected: a mapping: lines of the form "key: value"
      """),
    Golden(
      """
      text
      ----
      config.yaml:1:1: a text stands here. Expected: a mapping: lines of the form "key: value"
      """),
    Golden("\n----\nconfig.yaml:1:1: the file is empty. Expected: lines of the form \"key: value\""),
    Golden(
      "# nothing but a comment\n----\nconfig.yaml:1:1: the file is empty. Expected: lines of the form \"key: value\""
    ),
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
      config.yaml:2:39: sources.a.poll.every: "5 s" is no duration; did you mean "5s"? Expected: one whole number and a unit (ms, s, m, h, d), such as 5s
      config.yaml:2:50: sources.a.poll.rate: "600/min" is no rate; did you mean "600/m"? Expected: one whole number and a unit of time (/s, /m, /h), such as 10/s
      config.yaml:2:72: sources.a.poll.connections: "0" is out of range. Expected: a whole number from 1 to 1000
      config.yaml:3:39: sources.b.poll.every: "1.5h" is no duration; did you mean "90m"? Expected: one whole number and a unit (ms, s, m, h, d), such as 5s
      config.yaml:3:51: sources.b.poll.rate: "0/s" is not above zero. Expected: one whole number and a unit of time (/s, /m, /h), such as 10/s
      config.yaml:3:69: sources.b.poll.connections: "5" is a text, for it stands in quotes. Expected: a whole number from 1 to 1000
      config.yaml:4:39: sources.c.poll.every: "0s" is not above zero. Expected: one whole number and a unit (ms, s, m, h, d), such as 5s
      config.yaml:4:49: sources.c.poll.rate: "10" has no unit; did you mean "10/s"? Expected: one whole number and a unit of time (/s, /m, /h), such as 10/s
      config.yaml:4:66: sources.c.poll.connections: "010" begins with a zero; did you mean "10"? Expected: a whole number from 1 to 1000
      config.yaml:5:39: sources.d.poll.every: "99999999999999999999s" is too large. Expected: one whole number and a unit (ms, s, m, h, d), such as 5s
      config.yaml:5:68: sources.d.poll.rate: "99999999999/s" is too much; 1000000/s is the most. Expected: one whole number and a unit of time (/s, /m, /h), such as 10/s
      config.yaml:5:96: sources.d.poll.connections: "99999999999999999999" is out of range. Expected: a whole number from 1 to 1000
      config.yaml:6:39: sources.e.poll.every: "106752d" is too long; 106751d is the longest. Expected: one whole number and a unit (ms, s, m, h, d), such as 5s
      config.yaml:6:54: sources.e.poll.rate: "1/d" is no rate. Expected: one whole number and a unit of time (/s, /m, /h), such as 10/s
      config.yaml:6:72: sources.e.poll.connections: "1e3" is no whole number. Expected: a whole number from 1 to 1000
      config.yaml:7:39: sources.f.poll.every: "500ms" is too short. Expected: a duration from 1s to 1h
      config.yaml:7:52: sources.f.poll.rate: "-1/s" is no rate. Expected: one whole number and a unit of time (/s, /m, /h), such as 10/s
      config.yaml:7:71: sources.f.poll.connections: "-1" is out of range. Expected: a whole number from 1 to 1000
      config.yaml:8:39: sources.g.poll.every: "1h30m" is no duration; did you mean "90m"? Expected: one whole number and a unit (ms, s, m, h, d), such as 5s
      config.yaml:8:52: sources.g.poll.rate: "s" is no rate. Expected: one whole number and a unit of time (/s, /m, /h), such as 10/s
      config.yaml:8:68: sources.g.poll.connections: "1.0" is no whole number. Expected: a whole number from 1 to 1000
      config.yaml:9:39: sources.h.poll.every: "" is no duration. Expected: one whole number and a unit (ms, s, m, h, d), such as 5s
      config.yaml:9:49: sources.h.poll.rate: "" is no rate. Expected: one whole number and a unit of time (/s, /m, /h), such as 10/s
      config.yaml:9:66: sources.h.poll.connections: "" is no whole number. Expected: a whole number from 1 to 1000
      config.yaml:11:29: hooks.a.limit: "64" has no unit; did you mean "64B"? Expected: one whole number and a unit (B, KiB, MiB, GiB, TiB), such as 64KiB
      config.yaml:11:39: hooks.a.step: "25" has no unit; did you mean "25%"? Expected: a whole number from 1 to 100 and a percent sign, such as 25%
      config.yaml:12:29: hooks.b.limit: "64kib" is no size; did you mean "64KiB"? Expected: one whole number and a unit (B, KiB, MiB, GiB, TiB), such as 64KiB
      config.yaml:12:42: hooks.b.step: "101%" is more than 100%. Expected: a whole number from 1 to 100 and a percent sign, such as 25%
      config.yaml:13:29: hooks.c.limit: "9000000TiB" is too large; 8388607TiB is the largest. Expected: one whole number and a unit (B, KiB, MiB, GiB, TiB), such as 64KiB
      config.yaml:13:47: hooks.c.step: "0%" is not above zero. Expected: a whole number from 1 to 100 and a percent sign, such as 25%
      config.yaml:14:29: hooks.d.limit: "1 MiB" is no size; did you mean "1MiB"? Expected: one whole number and a unit (B, KiB, MiB, GiB, TiB), such as 64KiB
      config.yaml:14:42: hooks.d.step: "2.5%" is no percentage. Expected: a whole number from 1 to 100 and a percent sign, such as 25%
      config.yaml:15:29: hooks.e.limit: "ten" is no size. Expected: one whole number and a unit (B, KiB, MiB, GiB, TiB), such as 64KiB
      config.yaml:15:40: hooks.e.step: "half" is no percentage. Expected: a whole number from 1 to 100 and a percent sign, such as 25%
      config.yaml:16:29: hooks.f.limit: "1GB" is no size; did you mean "1GiB"? Expected: one whole number and a unit (B, KiB, MiB, GiB, TiB), such as 64KiB
      config.yaml:16:40: hooks.f.step: "25 %" is no percentage; did you mean "25%"? Expected: a whole number from 1 to 100 and a percent sign, such as 25%
      """),
    // Texts.
    Golden(
      """
      sources: {a: {provider: "", api_key: "", headers: {X: "", Y: [1]}, base_url: "", proxy: mailto:x}}
      hooks: {a: {on: ["", X, ""], run: ""}}
      state: ''
      ----
      config.yaml:1:25: sources.a.provider: "" is none of these. Expected: runway or http
      config.yaml:1:38: sources.a.api_key: the secret is empty. Expected: a text
      config.yaml:1:55: sources.a.headers.X: the text is empty. Expected: a text
      config.yaml:1:62: sources.a.headers.Y: a list stands here. Expected: a text
      config.yaml:1:78: sources.a.base_url: the URL is empty. Expected: a URL with http:// or https://
      config.yaml:1:89: sources.a.proxy: the URL has no scheme. Expected: a URL with http://, https://, socks5://, socks5h://, socks4:// or socks4a://
      config.yaml:2:18: hooks.a.on[0]: the text is empty. Expected: a text
      config.yaml:2:25: hooks.a.on[2]: the text is empty. Expected: a text
      config.yaml:2:35: hooks.a.run: the text is empty. Expected: a text
      config.yaml:3:8: state: the text is empty. Expected: a text
      """),
    // Repeated keys.
    Golden(
      """
      sources: {a: {provider: runway, provider: http}}
      hooks: {}
      sources: {}
      hooks: {a: {}}
      ----
      config.yaml:1:33: sources.a.provider: repeated key; it is first at 1:15
      config.yaml:3:1: sources: repeated key; it is first at 1:1
      config.yaml:4:1: hooks: repeated key; it is first at 2:1
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
      config.yaml:4:19: sources.a.poll.every: "never" is no duration. Expected: one whole number and a unit (ms, s, m, h, d), such as 5s
      config.yaml:5:5: sources.a.pol: unknown key; did you mean "poll"? Allowed: provider, base_url, api_key, headers, poll, tls, proxy
      config.yaml:6:27: sources.b.api_key: the secret is empty. Expected: a text
      config.yaml:7:27: sources.c.proxy: the URL has no scheme. Expected: a URL with http://, https://, socks5://, socks5h://, socks4:// or socks4a://
      config.yaml:9:12: hooks.a: the alias *nowhere has no anchor before it
      """),
    Golden(
      """
      sources:
      ⇥a: {provider: runway}
      ----
      config.yaml:2:1: a tab cannot indent YAML; use spaces
      """),
    // Names that do not belong into a message as they are.
    Golden(
      """
      sources: {"a.b c": {x: 1}, "\\e[31m": {x: 1}, "日本": {x: 1}}
      hooks: {aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: {on: X, runs: y}}
      ----
      config.yaml:1:11: sources."a.b c": the key "provider" is missing. Expected: runway or http
      config.yaml:1:21: sources."a.b c".x: unknown key. Allowed: provider, base_url, api_key, headers, poll, tls, proxy
      config.yaml:1:28: sources."\\u{1b}[31m": the key "provider" is missing. Expected: runway or http
      config.yaml:1:39: sources."\\u{1b}[31m".x: unknown key. Allowed: provider, base_url, api_key, headers, poll, tls, proxy
      config.yaml:1:46: sources.日本: the key "provider" is missing. Expected: runway or http
      config.yaml:1:53: sources.日本.x: unknown key. Allowed: provider, base_url, api_key, headers, poll, tls, proxy
      config.yaml:2:9: hooks."aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…": one of the keys webhook or run is missing
      config.yaml:2:119: hooks."aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…".runs: unknown key; did you mean "run"? Allowed: on, webhook, run, breaker, limit, step
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
      config.yaml:3:60: hooks.a.webhook.verify: "yES" is no boolean; did you mean "yes"? Expected: true or false
      config.yaml:5:58: hooks.c.webhook.verify: "true" is a text, for it stands in quotes. Expected: true or false
      config.yaml:6:58: hooks.d.webhook.verify: "1" is no boolean. Expected: true or false
      config.yaml:7:58: hooks.e.webhook.verify: "tru" is no boolean; did you mean "true"? Expected: true or false
      """),
  ])
  func everyMistakeIsTold(golden: Golden) {
    #expect(golden.errors == golden.expected)
  }
}
