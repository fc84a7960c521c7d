import Config
import Foundation
import Model
import TestSupport
import Testing

@testable import Hooks

/// Sections of chat services as they are written, and every mistake in them.
@Suite struct ChatSectionTests {
  private func mistakes(_ yaml: String, environment: [String: String] = [:]) -> [String] {
    HookReading("on: done\n" + yaml, environment: environment).errors
  }

  @Test(
    arguments: [
      ("slack: {}", "2:1: slack: the key \"url\" is missing. Expected: a URL with"),
      ("slack:", "1:1: one of the keys webhook, run, slack"),
      ("slack: {url: hunter2}", "2:14: slack.url: the URL has no scheme"),
      ("slack: 'ftp://hunter2'", "2:8: slack: the URL has another scheme"),
      ("slack: {ulr: 'https://x'}", "2:9: slack.ulr: unknown key; did you mean \"url\"?"),
      ("slak: {url: 'https://x'}", "2:1: slak: unknown key; did you mean \"slack\"?"),
      ("slack: {url: 'https://x'}\nntfy: {topic: a}", "3:1: ntfy: only one of the keys webhook, run, slack"),
      ("slack: {url: 'https://x', text: '{{tsk.id}}'}", "2:33: slack.text: there is no field \"tsk\""),
      ("slack: {url: 'https://x', text: '{{settings.utl}}'}", "2:33: slack.text: settings has no \"utl\""),
      (
        "slack: {url: 'https://x', body: {a: '{{#id}}'}}",
        "2:37: slack.body.a: the section {{#id}} is not closed"
      ),
      ("slack: {url: 'https://x', body: text}", "2:33: slack.body: a text stands here"),
      (
        "slack: {url: 'https://x', text: a, body: {a: b}}",
        "2:36: slack.body: only one of the keys text or body can stand here, and text does"
      ),
      ("slack: {url: 'https://x', proxy: nowhere}", "2:34: slack.proxy: "),
      (
        "telegram: '123:abc'",
        "2:11: telegram: a text stands here. Expected: a mapping with the keys token, chat_id"
      ),
      (
        "telegram: {token: '123:abc', chat_id: me}",
        "2:39: telegram.chat_id: the value does not look as it must. Expected: a chat's number, such as -1001234567890, "
          + "or @ and a channel's name"
      ),
      ("telegram: {token: '123:abc', chat_id: [1]}", "2:39: telegram.chat_id: a list stands here"),
      ("telegram: {token: hunter2, chat_id: 1}", "2:19: telegram.token: the value does not look as it must"),
      (
        "telegram: {token: \"1:hunter2\\n\", chat_id: 1}",
        "2:19: telegram.token: the value does not look as it must"
      ),
      (
        "telegram: {token: '1:a', chat_id: 1, message_thread_id: x}",
        "2:57: telegram.message_thread_id: \"x\""
      ),
      ("telegram: {token: '1:a', chat_id: 1, api: nowhere}", "2:43: telegram.api: the URL has no scheme"),
      ("pagerduty: hunter2", "2:12: pagerduty: a text stands here"),
      ("pagerduty: {}", "2:1: pagerduty: the key \"routing_key\" is missing"),
      (
        "pagerduty: {routing_key: hunter2, severity: criticl}",
        "2:45: pagerduty.severity: \"criticl\" is none of these; did you mean \"critical\"?"
      ),
      ("ntfy: {topic: 'a b'}", "2:15: ntfy.topic: the value does not look as it must"),
      (
        "ntfy: {topic: a, url: 'https://ntfy.sh/mytopic'}",
        "2:23: ntfy.url: the value does not look as it must. Expected: a server's address without a path"
      ),
      (
        "ntfy: {topic: a, token: \"hunter2\\n\"}",
        "2:1: ntfy: a value that is sent in a header has control characters"
      ),
    ])
  func mistakes(yaml: String, error: String) {
    let errors = mistakes(yaml)
    #expect(errors.contains { $0.hasPrefix(error) }, "\(errors)")
    #expect(!errors.description.contains("hunter2"))
  }

  @Test func theAddressAlone() throws {
    let settings = try ChatSamples.settings("slack", "https://hooks.slack.example/services/T0/B0/hush")
    #expect(settings.url.reveal() == "https://hooks.slack.example/services/T0/B0/hush")
    // What has a default has it without being named.
    let pagerduty = try ChatSamples.settings("pagerduty")
    #expect(pagerduty.url.reveal() == "https://events.pagerduty.com/v2/enqueue")
  }

  @Test(
    arguments: [
      ("telegram", "{token: '1:a', chat_id: 1}", "https://api.telegram.org/bot1:a/sendMessage"),
      (
        "telegram", "{token: '1:a', chat_id: 1, api: 'http://127.0.0.1:81/x/'}",
        "http://127.0.0.1:81/x/bot1:a/sendMessage"
      ),
      (
        "pagerduty", "{routing_key: k, url: 'http://127.0.0.1:81/v2/enqueue'}",
        "http://127.0.0.1:81/v2/enqueue"
      ),
      ("ntfy", "{topic: a}", "https://ntfy.sh/"),
      ("ntfy", "{topic: a, url: 'http://127.0.0.1:81/'}", "http://127.0.0.1:81/"),
      ("discord", "{url: 'https://x/y?thread_id=1'}", "https://x/y?thread_id=1"),
    ])
  func whereRequestsGo(service: String, section: String, url: String) throws {
    #expect(try ChatSamples.settings(service, section).url.reveal() == url)
  }

  @Test func whatHoldsUnlessTheConfigSaysOtherwise() throws {
    let slack = HookAction.chat(try ChatSamples.settings("slack"))
    #expect(slack.usualRate == Rate(1, per: .seconds(1)) && slack.usuallyDigests)
    #expect(slack.usualTimeout == .seconds(15))
    let webhook = try #require(HookReading("on: done\nwebhook: {url: 'http://x'}").action)
    #expect(webhook.usualRate == nil && !webhook.usuallyDigests)
  }

  @Test func everyKeyIsDescribed() {
    let table = MarkdownReference.table(of: HookKeys.all)
    for name in [
      "`slack.url`", "`slack.text`", "`slack.body`", "`slack.tls`", "`telegram.chat_id`",
      "`pagerduty.severity`",
      "`ntfy.topic`", "`mattermost.channel`",
    ] {
      #expect(table.contains(name), "\(name)")
    }
    #expect(table.contains("| Posts to a Slack channel. |") && table.contains("| `https://ntfy.sh` |"))
  }
}
