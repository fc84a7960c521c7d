import Config
import Model
import Templates

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
      "format", .word(WebhookFormat.self), default: .event,
      doc: "The body: the event with the task in it; the task JSON alone (`null` where there is none); "
        + "or a CloudEvent 1.0, as one JSON object or with its attributes as headers.")
    static let body = Key(
      "body", .templateTree, defaultText: "as `format` says",
      doc: "A body of your own, sent as JSON: a YAML tree whose texts are templates.")
    static let form = Key(
      "form", .formTemplate, defaultText: "as `format` says",
      doc: "Fields of your own, each a template, sent as HTML forms are.")
    static let auth = Key(
      "auth", .section(AuthorizationSection.self), defaultText: "none",
      doc: "The `authorization` header: `bearer`, `basic`, or a token by `oauth2`.")
  }

  static let keys =
    [
      AnyKey(Keys.url), AnyKey(Keys.method), AnyKey(Keys.headers), AnyKey(Keys.secret), AnyKey(Keys.format),
      AnyKey(Keys.body), AnyKey(Keys.form), AnyKey(Keys.auth), AnyKey(AllowPrivate.key),
    ] + ConnectionKeys.all

  let settings: WebhookSettings

  init?(_ section: Section) {
    let hasOneBody = section.allowOne(of: [AnyKey(Keys.format), AnyKey(Keys.body), AnyKey(Keys.form)])
    let body =
      section[Keys.body].map(WebhookBody.tree) ?? section[Keys.form].map(WebhookBody.form)
      ?? .format(section[Keys.format])
    let headers = section[Keys.headers] ?? []
    let headersAreGood = Self.check(headers, beside: body, andAuthorization: section.has(Keys.auth))
    let reachIsGood = AllowPrivate.check(section)
    guard hasOneBody, headersAreGood, reachIsGood, let url = section[Keys.url] else { return nil }
    settings = WebhookSettings(
      url: url, method: section[Keys.method], headers: headers.map { ($0.name, $0.value) },
      secrets: section[Keys.secret] ?? [], body: body, authorization: section[Keys.auth]?.authorization,
      connection: ConnectionKeys.options(section), reach: section[AllowPrivate.key])
  }

  private static func check(
    _ headers: [Named<Secret>], beside body: WebhookBody, andAuthorization isAuthorized: Bool
  ) -> Bool {
    var isGood = true
    var seen: Set<String> = []
    for header in headers {
      let name = header.name.lowercased()
      if let refusal = WebhookHeaders.refusal(of: header.name, beside: body) {
        header.node.failAtKey(refusal)
      } else if !seen.insert(name).inserted {
        header.node.failAtKey("the header stands here twice; case counts nothing in its name")
      } else if name == "authorization", isAuthorized {
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

/// `auth`: `{bearer: TOKEN}`, `{basic: {user: NAME, password: WORD}}` or `{oauth2: …}`.
struct AuthorizationSection: ConfigSection {
  enum Keys {
    static let bearer = Key(
      "bearer", ValueType<Secret>.secret.asHeader, doc: "A token, sent as `Bearer TOKEN`.")
    static let basic = Key("basic", .section(BasicSection.self), doc: "A user and a password (RFC 7617).")
    static let oauth2 = Key(
      "oauth2", .section(OAuth2Section.self),
      doc: "Client credentials (RFC 6749): a token is fetched, and renewed as it runs out or on a 401.")
  }

  static let keys = [AnyKey(Keys.bearer), AnyKey(Keys.basic), AnyKey(Keys.oauth2)]

  let authorization: WebhookSettings.Authorization

  init?(_ section: Section) {
    guard section.requireOne(of: Self.keys) else { return nil }
    if let token = section[Keys.bearer] {
      authorization = .bearer(token)
    } else if let basic = section[Keys.basic] {
      authorization = .basic(user: basic.user, password: basic.password)
    } else if let client = section[Keys.oauth2] {
      authorization = .oauth2(client.settings)
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
