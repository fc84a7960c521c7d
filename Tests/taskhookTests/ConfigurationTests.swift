import Config
import Delivering
import Model
import Testing
import Watching

@testable import taskhook

@Suite struct ConfigurationTests {
  private static let head = "sources:\n  runway: {provider: runway, api_key: k}\n"

  private static func read(_ text: String) throws -> Configuration {
    try Assembly.compose(text, name: "c.yaml", values: [:]).configuration
  }

  private static func errors(_ text: String) -> [String] {
    do {
      _ = try Assembly.compose(text, name: "c.yaml", values: [:])
      return []
    } catch let failure as ConfigFailure {
      return failure.lines
    } catch {
      return ["\(error)"]
    }
  }

  @Test func defaultsAreThoseOfTheContract() throws {
    let configuration = try Self.read(
      Self.head + "hooks:\n  a: {on: done, webhook: {url: 'https://x.test/'}}\n  b: {on: done, run: [cat]}\n")
    let rules = configuration.sources[0].value.rules
    #expect(rules == WatchRules())
    #expect(rules.every == .seconds(6) && rules.slowest == .seconds(60) && rules.connections == 16)
    #expect(rules.notFoundFor == .seconds(60) && rules.stalledAfter == .seconds(1800))
    #expect(rules.giveUpAfter == .seconds(86400) && rules.timeout == .seconds(30))
    #expect(configuration.retention == .seconds(30 * 86400))
    let webhook = configuration.hooks[0].value.rules
    let run = configuration.hooks[1].value.rules
    #expect(webhook == DeliveryRules(retry: .webhook, concurrency: 16))
    #expect(run == DeliveryRules(retry: .command, concurrency: 4))
    #expect(configuration.state.hasSuffix("/taskhook.db"))
  }

  @Test func everyKeyOfDeliveryIsRead() throws {
    let configuration = try Self.read(
      Self.head + """
        hooks:
          a:
            on: [done, {progress: 25%}]
            run: cat
            retry: {attempts: 4, first: 2s, most: 1m}
            timeout: 3s
            concurrency: 7
            rate: 5/s
            breaker: off
          b:
            on: change
            run: cat
            retry: {schedule: [1s, 2s]}
            breaker: {after: 2, probe: 1s}
        """)
    let a = configuration.hooks[0].value
    #expect(
      a.rules
        == DeliveryRules(
          retry: .backoff(attempts: 4, first: .seconds(2), most: .seconds(60)), concurrency: 7,
          rate: Rate(5, per: .seconds(1)), breaker: nil))
    #expect(a.delivery.timeout == .seconds(3))
    let b = configuration.hooks[1].value.rules
    #expect(b.retry == .schedule([.seconds(1), .seconds(2)]))
    #expect(b.breaker == BreakerRules(after: 2, probe: .seconds(1)))
  }

  @Test func tasksAreIdsOrObjects() throws {
    let configuration = try Self.read(
      Self.head
        + "hooks: {}\ntasks: [a-1, {id: b, source: runway, labels: {p: x}}, 'c d']\ntasks_from: ./in.txt\n")
    #expect(
      configuration.tasks == [
        NewTask(ref: TaskRef(source: "runway", id: "a-1")),
        NewTask(ref: TaskRef(source: "runway", id: "b"), labels: ["p": "x"]),
        NewTask(ref: TaskRef(source: "runway", id: "c d")),
      ])
    #expect(configuration.tasksFrom?.hasSuffix("/in.txt") == true)
  }

  private static let mistakes: [(text: String, message: String)] = [
    ("sources: {}\nhooks: {}\n", "c.yaml:1:10: sources: there is no source"),
    ("hooks: {}\n", "c.yaml:1:1: the key \"sources\" is missing"),
    (head, "c.yaml:1:1: the key \"hooks\" is missing"),
    (head + "hooks: {}\nservers: {}\n", "c.yaml:4:1: servers: unknown key"),
    (head + "hooks: {}\nstate: postgres://x\n", "c.yaml:4:8: state: the state can only be an SQLite file"),
    (
      head + "hooks: {a/b: {on: done, run: x}}\n", "c.yaml:3:9: hooks.a/b: a name cannot be written like this"
    ),
    (head + "hooks: {a: {on: SUCEEDED, run: x}}\n", "c.yaml:3:17: hooks.a.on"),
    (head + "hooks: {a: {on: savd, run: x}}\n", "c.yaml:3:17: hooks.a.on"),
    (head + "hooks: {a: {on: done}}\n", "c.yaml:3:9: hooks.a: one of the keys"),
    (head + "hooks: {a: {on: done, run: x, webhook: {url: 'http://x'}}}\n", "c.yaml:3:31: hooks.a.webhook"),
    (head + "hooks: {a: {on: done, run: x, digests: off}}\n", "c.yaml:3:31: hooks.a.digests: unknown key"),
    (head + "hooks: {a: {on: done, slak: {url: 'http://x'}}}\n", "hooks.a.slak: unknown key"),
    (
      head + "hooks: {a: {on: done, run: x, retry: {schedule: [1s], attempts: 2}}}\n",
      "hooks.a.retry.attempts: does not go together with schedule"
    ),
    (head + "hooks: {a: {on: done, run: x, retry: {}}}\n", "schedule or attempts is missing"),
    (
      "sources:\n  r: {provider: runway, poll: {every: 10s, slowest: 5s}}\nhooks: {}\n",
      "c.yaml:2:53: sources.r.poll.slowest: shorter than every, which is 10s"
    ),
    ("sources:\n  r: {provider: runaway}\nhooks: {}\n", "did you mean \"runway\"?"),
    (head + "hooks: {}\ntasks: ['..']\n", "c.yaml:4:9: tasks[0]: a task id cannot be \"..\""),
    (head + "hooks: {}\ntasks: [{id: x, source: runwai}]\n", "did you mean \"runway\"?"),
    (head + "hooks: {}\nlog: {level: loud}\n", "log.level"),
    (head + "hooks: {}\ntasks_from: /tmp\n", "tasks_from: \"/tmp\" is a folder"),

  ]

  @Test(arguments: mistakes)
  func mistakesAreNamedWithTheirPlace(mistake: (text: String, message: String)) {
    let (text, message) = mistake
    let errors = Self.errors(text)
    #expect(errors.contains { $0.contains(message) }, "\(errors)")
  }

  @Test func allMistakesAreToldAtOnceInOrder() {
    let errors = Self.errors(
      """
      sources:
        runway: {provider: runway, api_kye: k, poll: {every: 5}}
      hooks:
        a: {on: done, run: x, concurrency: 0}
        b: {on: [], run: x}
      retention: 5
      """)
    #expect(errors.count >= 5, "\(errors)")
    let lines = errors.compactMap { $0.split(separator: ":").dropFirst().first.flatMap { Int($0) } }
    #expect(lines == lines.sorted() && lines.count == errors.count)
  }
}
