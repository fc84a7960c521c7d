import Model

/// What a hook would do with an event: all that would be sent or run, but for its secrets.
package struct HookPreview: Sendable, Equatable {
  /// `POST https://example.com/…#3fa1`, or the words of a command.
  package var action: String
  /// Headers in the order in which they are sent; or a command's folder and variables.
  package var details: [Detail]
  /// The body, or what stands on standard input.
  package var body: [UInt8]

  package struct Detail: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// For people: a line for the action, one for each detail, an empty one, the body. Control characters of the
  /// event are escaped.
  package var lines: [String] {
    [action] + details.map { "\($0.name): \($0.value)" } + ["", Self.printable(body)]
  }

  /// Text from outside on one line of a terminal.
  package static func printable(_ bytes: some Sequence<UInt8>) -> String { PrintableText.escape(bytes) }
}

/// A hook that can tell what it would do.
package protocol PreviewableHook: Hook {
  func preview(_ attempt: Attempt) -> HookPreview

  /// The hook's secrets masked in what was sent or came back.
  func hidingSecrets(in bytes: [UInt8]) -> [UInt8]
}

extension HookAction {
  /// The hook that carries the action out.
  /// - Parameters:
  ///   - timeout: of one attempt; nil for the usual one.
  ///   - environment: taskhook's own, of which commands get a few variables.
  package func makeHook(
    timeout: Duration? = nil, transport: any HTTPTransport, time: any TimeSource,
    environment: [String: String]
  ) -> any PreviewableHook {
    let timeout = timeout ?? usualTimeout
    switch self {
    case .webhook(let settings):
      return WebhookHook(settings, timeout: timeout, transport: transport, time: time)
    case .run(let settings):
      return CommandHook(settings, timeout: timeout, time: time, environment: environment)
    case .chat(let settings):
      return ChatHook(settings, timeout: timeout, transport: transport, time: time)
    }
  }

  /// How long an attempt may take where the config does not say.
  package var usualTimeout: Duration {
    switch self {
    case .webhook, .chat: .seconds(15)
    case .run: .seconds(600)
    }
  }

  /// At most this many attempts where the config does not say; nil for no limit.
  package var usualRate: Rate? {
    switch self {
    case .webhook, .run: nil
    case .chat(let settings): settings.service.file.rate
    }
  }

  /// Whether many events at once are told in one message where the config does not say.
  package var usuallyDigests: Bool {
    switch self {
    case .webhook, .run: false
    case .chat: true
    }
  }
}

extension WebhookHook: PreviewableHook {
  package func hidingSecrets(in bytes: [UInt8]) -> [UInt8] { mask.apply(to: bytes) }

  package func preview(_ attempt: Attempt) -> HookPreview {
    let own = Set(settings.headers.map { $0.name.lowercased() })
    var fixed = WebhookHeaders.fixed(settings).map { header in
      switch header.name.lowercased() {
      case let name where own.contains(name): HookPreview.Detail(header.name, "***")
      case "authorization":
        HookPreview.Detail(header.name, header.value.prefix { $0 != " " } + " ***")
      default: HookPreview.Detail(header.name, header.value)
      }
    }
    // A token is fetched only to be sent.
    if case .oauth2 = settings.authorization {
      fixed.append(HookPreview.Detail("authorization", "Bearer ***"))
    }
    // What is signed is what would be sent, not what is shown.
    let body = settings.body.render(attempt)
    let fresh = WebhookHeaders.fresh(attempt, body: body, secrets: settings.secrets, sent: time.wall)
    return HookPreview(
      action: "\(settings.method.rawValue) \(settings.url)",
      details: fixed + fresh.map { HookPreview.Detail($0.name, $0.value) },
      body: settings.body.secrets.isEmpty
        ? body.bytes : settings.body.render(attempt, hidingSecrets: true).bytes)
  }
}

extension CommandHook: PreviewableHook {
  package func hidingSecrets(in bytes: [UInt8]) -> [UInt8] { mask.apply(to: bytes) }

  package func preview(_ attempt: Attempt) -> HookPreview {
    var details = [HookPreview.Detail("folder", settings.folder)]
    if case .missing(let reason) = settings.program(path: variables["PATH"]) {
      details.append(HookPreview.Detail("cannot run now", reason))
    }
    let told = CommandEnvironment.told(attempt)
    let added = Set(settings.environment.map(\.name))
    for (name, value) in variables.merging(told, uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
      let shown = added.contains(name) ? "***" : PrintableText.escape(value.utf8)
      details.append(HookPreview.Detail(name, shown))
    }
    return HookPreview(
      action: settings.shown.map(Self.quoted).joined(separator: " "), details: details,
      body: settings.stdin.render(attempt.message))
  }

  /// As a shell would take it as one word.
  private static func quoted(_ word: String) -> String {
    let shown = PrintableText.escape(word.utf8)
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_*")
    if !shown.isEmpty, shown.allSatisfy({ plain.contains($0) }) { return shown }
    return "'" + shown.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
      + "'"
  }
}
