import Foundation
import Model
import Templates

/// What the section of a chat service says.
package struct ChatSettings: Sendable {
  package let service: ChatService
  /// The values of the service's own keys.
  let values: [String: SettingValue]
  /// Where messages go.
  let url: SecretURL
  /// Sent beside `content-type` and `user-agent`; as they are shown, and as they are sent.
  let headers: [(name: String, shown: String, value: Secret)]
  /// The user's own text of events.
  let text: TextTemplate?
  /// The user's own payload of events.
  let body: TemplateTree?
  let connection: ConnectionOptions

  init(
    _ service: ChatService, values: [String: SettingValue], text: TextTemplate? = nil,
    body: TemplateTree? = nil, connection: ConnectionOptions = ConnectionOptions()
  ) {
    self.service = service
    self.values = values
    self.text = text
    self.body = body
    self.connection = connection
    let request = service.file.request
    let context = TemplateContext(extras: ["settings": Self.template(values, service, hidden: false)])
    let hidden = TemplateContext(extras: ["settings": Self.template(values, service, hidden: true)])
    url = SecretURL(request.url.render(context), parts: values.values.flatMap(\.secrets))
    headers = request.headers.compactMap { header in
      let value = header.value.render(context)
      return value.isEmpty ? nil : (header.name, header.value.render(hidden), Secret(value))
    }
  }

  /// Why the values do not make a request; nil where they do.
  var refusal: String? {
    if URLComponents(string: url.reveal())?.host?.isEmpty ?? true { return "the values make no address" }
    let areValues = headers.allSatisfy { HeaderSyntax.isValue($0.value.reveal()) }
    return areValues ? nil : "a value that is sent in a header has control characters or line breaks in it"
  }

  /// What `settings` stands for in templates: every key of the service, absent ones null.
  /// - Parameter hidden: whether `***` stands for credentials.
  func settings(hidden: Bool) -> TemplateValue { Self.template(values, service, hidden: hidden) }

  private static func template(
    _ values: [String: SettingValue], _ service: ChatService, hidden: Bool
  ) -> TemplateValue {
    .object(service.file.settings.map { ($0.name, values[$0.name]?.template(hidden: hidden) ?? .null) })
  }

  /// Everything of the settings that must not be stored when a receiver echoes it.
  var mask: SecretMask {
    var secrets = values.values.flatMap(\.secrets) + headers.flatMap { SecretMask.forms(of: $0.value) }
    // The address of a public server is in its own answers, and no secret.
    if values.values.contains(where: { !$0.secrets.isEmpty && url.reveal().contains($0.reveal()) }) {
      secrets += SecretMask.forms(of: url)
    }
    secrets += connection.proxy.map { SecretMask.forms(of: $0) } ?? []
    secrets += ((text?.secrets ?? []) + (body?.secrets ?? [])).flatMap { SecretMask.forms(of: $0) }
    return SecretMask(secrets)
  }
}
