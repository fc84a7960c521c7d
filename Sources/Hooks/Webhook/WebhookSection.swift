import Config
import Model

/// The `webhook` section of a hook.
struct WebhookSection: ConfigSection {
  enum Keys {
    static let url = Key("url", .secretURL, required: true, doc: "Where the request goes.")
    static let method = Key(
      "method", .word(WebhookSettings.Method.self), default: .post, doc: "The request's method.")
    static let headers = Key("headers", .map(of: .secret), doc: "Headers beside taskhook's own.")
    static let secret = Key(
      "secret", .oneOrMany(of: .signingSecret), defaultText: "not signed",
      doc: "Signs each request (Standard Webhooks); of several, each does.")
    static let format = Key(
      "format", .word(EventBody.self), default: .event,
      doc: "The body: the event with the task in it, or the task JSON alone (`null` where there is none).")
    static let auth = Key(
      "auth", .section(AuthorizationSection.self), defaultText: "none",
      doc: "The `authorization` header: `bearer`, or `basic`.")
  }

  static let keys =
    [
      AnyKey(Keys.url), AnyKey(Keys.method), AnyKey(Keys.headers), AnyKey(Keys.secret), AnyKey(Keys.format),
      AnyKey(Keys.auth),
      AnyKey(AllowPrivate.key),
    ] + ConnectionKeys.all

  let settings: WebhookSettings

  init?(_ section: Section) {
    let headers = section[Keys.headers] ?? []
    let headersAreGood = Self.check(headers, besideAuthorization: section.has(Keys.auth))
    let reachIsGood = AllowPrivate.check(section)
    guard headersAreGood, reachIsGood, let url = section[Keys.url] else { return nil }
    settings = WebhookSettings(
      url: url, method: section[Keys.method], headers: headers.map { ($0.name, $0.value) },
      secrets: section[Keys.secret] ?? [], format: section[Keys.format],
      authorization: section[Keys.auth]?.authorization, connection: ConnectionKeys.options(section),
      reach: section[AllowPrivate.key])
  }

  private static func check(_ headers: [Named<Secret>], besideAuthorization: Bool) -> Bool {
    var isGood = true
    var seen: Set<String> = []
    for header in headers {
      let name = header.name.lowercased()
      if let refusal = WebhookHeaders.refusal(of: header.name) {
        header.node.failAtKey(refusal)
      } else if !seen.insert(name).inserted {
        header.node.failAtKey("the header stands here twice; case counts nothing in its name")
      } else if name == "authorization", besideAuthorization {
        header.node.failAtKey("the header is set by auth already")
      } else if let refusal = WebhookHeaders.refusal(ofValue: header.value.reveal()) {
        header.node.fail(refusal)
      } else {
        continue
      }
      isGood = false
    }
    return isGood
  }
}

/// `auth`: `{bearer: TOKEN}` or `{basic: {user: NAME, password: WORD}}`.
struct AuthorizationSection: ConfigSection {
  enum Keys {
    static let bearer = Key(
      "bearer", ValueType<Secret>.secret.asHeader, doc: "A token, sent as `Bearer TOKEN`.")
    static let basic = Key("basic", .section(BasicSection.self), doc: "A user and a password (RFC 7617).")
  }

  static let keys = [AnyKey(Keys.bearer), AnyKey(Keys.basic)]

  let authorization: WebhookSettings.Authorization

  init?(_ section: Section) {
    guard section.requireOne(of: Self.keys) else { return nil }
    if let token = section[Keys.bearer] {
      authorization = .bearer(token)
    } else if let basic = section[Keys.basic] {
      authorization = .basic(user: basic.user, password: basic.password)
    } else {
      return nil
    }
  }
}

struct BasicSection: ConfigSection {
  enum Keys {
    static let user = Key("user", .string, required: true, doc: "The user's name; no colon.")
    static let password = Key("password", .secret, required: true, doc: "The password.")
  }

  static let keys = [AnyKey(Keys.user), AnyKey(Keys.password)]

  let user: String
  let password: Secret

  init?(_ section: Section) {
    guard let user = section[Keys.user], let password = section[Keys.password] else { return nil }
    if user.contains(":") {
      section.fail(at: Keys.user, "a user's name cannot contain a colon, which ends it (RFC 7617)")
      return nil
    }
    self.user = user
    self.password = password
  }
}

extension ValueType where Value == Secret {
  /// A secret that can stand in a header.
  fileprivate var asHeader: ValueType<Secret> {
    refine { secret, node in
      guard let refusal = WebhookHeaders.refusal(ofValue: secret.reveal()) else { return secret }
      node.fail(refusal)
      return nil
    }
  }
}

extension ValueType where Value == SigningSecret {
  fileprivate static var signingSecret: ValueType<SigningSecret> {
    ValueType<Secret>.secret.described(
      summary: "signing secret", expected: SigningSecret.expected, example: "${WEBHOOK_SECRET}"
    ).refine { secret, node in
      do throws(SigningSecret.Malformed) {
        return try SigningSecret(secret)
      } catch {
        node.fail(error.description, expected: SigningSecret.expected)
        return nil
      }
    }
  }
}
