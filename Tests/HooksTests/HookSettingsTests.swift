import Config
import Foundation
import Model
import Testing

@testable import Hooks

/// Sections as they are written, and every mistake in them.
@Suite struct HookSettingsTests {
  @Test func webhookDefaults() throws {
    let settings = try #require(HookReading("on: done\nwebhook: {url: 'https://example.com/x'}").webhook)
    #expect(settings.method == .post)
    guard case .format(.event) = settings.body else {
      Issue.record("another body: \(settings.body)")
      return
    }
    #expect(settings.headers.isEmpty && settings.secrets.isEmpty && settings.authorization == nil)
    #expect(settings.connection == ConnectionOptions())
  }

  @Test func runForms() throws {
    let list = try #require(HookReading("on: done\nrun: [./archive.sh, '', 5]").command)
    #expect(list.command == .arguments(["./archive.sh", "", "5"]))
    #expect(list.folder == "/etc/hooks" && list.base == "/etc/hooks")
    #expect(list.stdin == .task && list.outputLimit == 65_536)
    let shell = try #require(HookReading("on: done\nrun: jq . | head").command)
    #expect(shell.command == .shell("jq . | head"))
    let map = try #require(
      HookReading(
        """
        on: done
        run:
          command: [./x]
          cwd: sub
          env: {A: b, API_KEY: sesame, C: "${D}", EMPTY: ""}
          stdin: event
          output_limit: 1KiB
        """, environment: ["D": "from outside"]
      ).command)
    #expect(map.folder == "/etc/hooks/sub" && map.base == "/etc/hooks")
    #expect(map.environment.map(\.name) == ["A", "API_KEY", "C", "EMPTY"])
    #expect(map.environment.map { $0.value.reveal() } == ["b", "sesame", "from outside", ""])
    #expect(map.secrets.map { $0.reveal() } == ["sesame", "from outside"])
    #expect(map.stdin == .event && map.outputLimit == 1024)
  }

  @Test(
    arguments: [
      (
        "on: done",
        "1:1: one of the keys webhook, run, slack, discord, teams, telegram, pagerduty, ntfy or mattermost is missing"
      ),
      (
        "on: done\nrun: [/bin/true]\nwebhook: {url: 'http://x'}",
        "3:1: webhook: only one of the keys webhook, run, slack, discord, teams, telegram, pagerduty, ntfy or mattermost can stand here, "
          + "and run does"
      ),
      ("run: [/bin/true]", "1:1: the key \"on\" is missing. Expected: a status or state, done"),
      ("on: done\nsms: {url: 'http://x'}\nrun: [/bin/true]", "2:1: sms: unknown key"),
      ("on: done\nwebhook: {}", "2:1: webhook: the key \"url\" is missing. Expected: a URL"),
      ("on: done\nwebhook: http://x", "2:10: webhook: a text stands here"),
      ("on: done\nwebhook: {url: 'ftp://x'}", "2:16: webhook.url: the URL has another scheme"),
      (
        "on: done\nwebhook: {url: 'http://x', body: {a: '{{idd}}'}}",
        "2:38: webhook.body.a: there is no field \"idd\"; did you mean \"id\"?"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', format: task, body: {a: b}}",
        "2:42: webhook.body: only one of the keys format, body or form can stand here, and format does"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', form: {a: b}, body: {a: b}}",
        "2:42: webhook.body: only one of the keys format, body or form can stand here, and form does"
      ),
      ("on: done\nwebhook: {url: 'http://x', form: {}}", "2:34: webhook.form: the form has no fields"),
      ("on: done\nwebhook: {url: 'http://x', form: {a: }}", "2:34: webhook.form: the form has no fields"),
      ("on: done\nwebhook: {url: 'http://x', form: {a: [b]}}", "2:38: webhook.form.a: a list stands here"),
      ("on: done\nwebhook: {url: 'http://x', form: [a]}", "2:34: webhook.form: a list stands here"),
      (
        "on: done\nwebhook: {url: 'http://x', form: {a: '{{#id}}'}}",
        "2:38: webhook.form.a: the section {{#id}} is not closed"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', method: GET}",
        "2:36: webhook.method: \"GET\" is none of these. Expected: POST, PUT or PATCH"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', format: cloudevent}",
        "2:36: webhook.format: \"cloudevent\" is none of these; did you mean \"cloudevents\"? "
          + "Expected: event, task, cloudevents or cloudevents-binary"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', format: cloudevents-binary, headers: {CE-Id: abc}}",
        "2:66: webhook.headers.CE-Id: headers that begin with ce- are the event's own"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', secret: whsec_c2hvcnQ=}",
        "2:36: webhook.secret: a whsec_ secret holds 24 to 64 bytes, this one 5. Expected: whsec_ and base64 of "
          + "24 to 64 bytes, as made by: echo whsec_$(openssl rand -base64 32)"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', secret: [\(SigningTests.symmetric), hunter2]}",
        "2:77: webhook.secret[1]: a signing secret begins with whsec_ or whsk_. Expected: whsec_"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', headers: {Webhook-Id: abc}}",
        "2:38: webhook.headers.Webhook-Id: webhook-id is set by taskhook on every attempt"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', headers: {Host: abc}}",
        "2:38: webhook.headers.Host: host is set by the connection and cannot be replaced"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', headers: {Content-Length: 5}}",
        "2:38: webhook.headers.Content-Length: content-length is set by the connection"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', headers: {X Y: abc}}",
        "2:38: webhook.headers.\"X Y\": not a header name"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', headers: {X-A: \"a\\r\\nX-B: hunter2\"}}",
        "2:43: webhook.headers.X-A: a header's value cannot contain control characters or line breaks"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', headers: {X-A: a, x-a: b}}",
        "2:46: webhook.headers.x-a: the header stands here twice"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', headers: {Authorization: a}, auth: {bearer: hunter2}}",
        "2:38: webhook.headers.Authorization: the header is set by auth already"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', auth: {}}",
        "2:28: webhook.auth: one of the keys bearer, basic or oauth2 is missing"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', auth: {bearer: hunter2, basic: {user: u, password: hunter2}}}",
        "2:52: webhook.auth.basic: only one of the keys bearer, basic or oauth2 can stand here, and bearer does"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', auth: {bearer: \"hunter2\\n\"}}",
        "2:43: webhook.auth.bearer: a header's value cannot contain"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', auth: {basic: {user: a:b, password: hunter2}}}",
        "2:49: webhook.auth.basic.user: a user's name cannot contain a colon"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', auth: {oauth2: {token_url: x}}}",
        "2:55: webhook.auth.oauth2.token_url: the URL has no scheme"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', auth: {oauth2: {token_url: 'http://x', client_id: a}}}",
        "2:35: webhook.auth.oauth2: the key \"client_secret\" is missing"
      ),
      (
        "on: done\nwebhook: {url: 'http://x', auth: {oauth2: {token_url: 'http://x', client_id: a, "
          + "client_secret: hunter2, scope: [a, 'b\"']}}}",
        "2:116: webhook.auth.oauth2.scope[1]: \"b\\\"\" is no scope"
      ),
      ("on: done\nwebhook: {url: 'http://x', proxy: nowhere}", "2:35: webhook.proxy: "),
      ("on: done\nrun: []", "2:6: run: the list is empty"),
      ("on: done\nrun: ''", "2:6: run: the text is empty"),
      ("on: done\nrun: ['', a]", "2:7: run[0]: the program's name is empty"),
      ("on: done\nrun: [a, [b]]", "2:10: run[1]: a list stands here"),
      ("on: done\nrun: {cwd: x}", "2:1: run: the key \"command\" is missing"),
      (
        "on: done\nrun: {command: /bin/true, env: {A-B: c}}",
        "2:33: run.env.A-B: a variable's name has letters"
      ),
      (
        "on: done\nrun: {command: /bin/true, env: {1A: c}}", "2:33: run.env.1A: a variable's name has letters"
      ),
      (
        "on: done\nrun: {command: /bin/true, env: {TASKHOOK_X: c}}",
        "2:33: run.env.TASKHOOK_X: names that begin with TASKHOOK_ are set by taskhook"
      ),
      ("on: done\nrun: {command: /bin/true, env: {A: \"b\\0\"}}", "2:36: run.env.A: a variable cannot hold"),
      ("on: done\nrun: [/bin/echo, \"b\\0\"]", "2:18: run[1]: a command cannot hold a NUL character"),
      ("on: done\nrun: {command: /bin/true, stdin: all}", "2:34: run.stdin: \"all\" is none of these"),
      (
        "on: done\nrun: {command: /bin/true, stdin: cloudevents}",
        "2:34: run.stdin: \"cloudevents\" is none of these. Expected: event or task"
      ),
      ("on: done\nrun: {command: /bin/true, output_limit: 0}", "2:41: run.output_limit: \"0\""),
      (
        "on: done\nrun: {command: /bin/true, output_limit: 1GiB}", "2:41: run.output_limit: 16MiB is the most"
      ),
      (
        "on: done\nrun: {command: /bin/true, comand: x}",
        "2:27: run.comand: unknown key; did you mean \"command\"?"
      ),
    ])
  func mistakes(yaml: String, error: String) {
    let reading = HookReading(yaml)
    #expect(reading.errors.contains { $0.hasPrefix(error) }, "\(reading.errors)")
    #expect(!reading.errors.description.contains("hunter2"))
  }

  @Test func aMissingProgramIsAWarning() throws {
    let list = HookReading("on: done\nrun: [./nope.sh]")
    #expect(list.errors == [] && list.action != nil)
    #expect(list.warnings == ["2:7: run[0]: no such file: ./nope.sh (relative to /etc/hooks)"])
    let map = HookReading("on: done\nrun: {command: [nope-nope], env: {PATH: /bin}, cwd: none}")
    #expect(
      map.warnings == [
        "2:17: run.command[0]: no program nope-nope in PATH (/bin)",
        "2:53: run.cwd: there is no such folder yet",
      ])
    #expect(HookReading("on: done\nrun: [sh]", environment: ["PATH": "/bin"]).warnings == [])
    #expect(HookReading("on: done\nrun: nope-nope").warnings == [])
  }

  @Test func everyKeyIsDescribed() {
    let table = MarkdownReference.table(of: HookKeys.all)
    for name in [
      "`on`", "`where`", "`webhook.auth.basic.user`", "`run.command`", "`run.output_limit`", "`webhook.tls`",
      "`webhook.body`", "`webhook.form`", "`webhook.auth.oauth2.token_url`", "`webhook.auth.oauth2.scope`",
    ] {
      #expect(table.contains(name), "\(name)")
    }
  }

  /// A token within a longer text is told by itself as often as not.
  @Test func whatCameFromOutsideIsSecretByItself() {
    let environment = ["TOKEN": "tokentoken", "PLACE": "pathpath", "HOST": "hooks.example.com", "ON": "1"]
    let hook = HookReading(
      """
      on: done
      webhook:
        url: https://${HOST}/a/${PLACE}/b
        headers: {X-Key: "Token ${TOKEN}", X-Flag: "flag ${ON}"}
      """, environment: environment)
    let mask = hook.webhook?.mask
    #expect(mask?.apply(to: "bad tokentoken at pathpath 1") == "bad *** at *** 1")
    #expect(mask?.apply(to: "hooks.example.com is down") == "hooks.example.com is down")
    let shell = HookReading("on: done\nrun: curl -H X:${TOKEN} -v ${ON}", environment: environment)
    #expect(shell.command?.secrets.map { $0.reveal() } == ["tokentoken"])
    let words = HookReading("on: done\nrun: [curl, '--key=${TOKEN}', '${ON}']", environment: environment)
    #expect(words.command?.secrets.map { $0.reveal() } == ["tokentoken"])
    let variables = HookReading(
      "on: done\nrun: {command: env, env: {A: '${ON}', B: 'Bearer ${TOKEN}'}}", environment: environment)
    #expect(variables.command?.secrets.map { $0.reveal() } == ["Bearer tokentoken", "tokentoken"])
  }
}
