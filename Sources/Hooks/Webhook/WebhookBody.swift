import Config
import Model
import Templates

/// What a webhook sends of a message.
package enum WebhookBody: Sendable {
  case format(WebhookFormat)
  /// A tree of the user's own, sent as JSON.
  case tree(TemplateTree)
  /// Named fields of the user's own, sent as a form.
  case form(FormTemplate)

  /// A body with the headers that belong to it.
  struct Rendered: Sendable {
    var bytes: [UInt8]
    var headers: [HTTPHeader] = []
  }

  /// - Parameter hidingSecrets: whether `***` stands for what `${…}` put into the config.
  func render(_ attempt: Attempt, hidingSecrets: Bool = false) -> Rendered {
    switch self {
    case .format(.event): Rendered(bytes: EventBody.event.render(attempt.message))
    case .format(.task): Rendered(bytes: EventBody.task.render(attempt.message))
    case .format(.cloudEvents): Rendered(bytes: CloudEvent(attempt).structured)
    case .format(.cloudEventsBinary):
      Rendered(bytes: CloudEvent(attempt).data, headers: CloudEvent(attempt).headers)
    case .tree(let tree): Rendered(bytes: tree.render(TemplateContext(attempt), hidingSecrets: hidingSecrets))
    case .form(let form): Rendered(bytes: form.render(TemplateContext(attempt), hidingSecrets: hidingSecrets))
    }
  }

  var contentType: String {
    switch self {
    case .format(.cloudEvents): CloudEvent.structuredType
    case .format, .tree: "application/json"
    case .form: "application/x-www-form-urlencoded"
    }
  }

  /// What came into it from outside the file by `${…}`.
  var secrets: [Secret] {
    switch self {
    case .format: []
    case .tree(let tree): tree.secrets
    case .form(let form): form.secrets
    }
  }
}

/// The bodies that need no words of the user's own.
package enum WebhookFormat: String, Sendable, CaseIterable {
  /// The event with the task inside it (SPEC section 4).
  case event
  /// The provider's task object alone.
  case task
  /// A CloudEvent as one JSON object (structured mode).
  case cloudEvents = "cloudevents"
  /// A CloudEvent as headers and its data (binary mode).
  case cloudEventsBinary = "cloudevents-binary"
}

/// Fields with a template each, sent as HTML forms are.
package struct FormTemplate: Sendable {
  package let fields: [(name: String, value: TextTemplate)]

  package init(_ fields: [(name: String, value: TextTemplate)]) { self.fields = fields }

  func render(_ context: TemplateContext, hidingSecrets: Bool) -> [UInt8] {
    let pairs = fields.map { field in
      let value = field.value.render(context, hidingSecrets: hidingSecrets)
      return PercentEncoding.form(field.name) + "=" + PercentEncoding.form(value)
    }
    return Array(pairs.joined(separator: "&").utf8)
  }

  var secrets: [Secret] { fields.flatMap(\.value.secrets) }
}

extension ValueType where Value == FormTemplate {
  /// Names with a template each.
  static var formTemplate: ValueType<FormTemplate> {
    ValueType<[Named<TextTemplate>]>.map(of: .textTemplate).refine { fields, node in
      if node.entries.allSatisfy({ $0.value.kind == .null }) {
        node.fail("the form has no fields", expected: "names, each with a text")
        return nil
      }
      return FormTemplate(fields.map { ($0.name, $0.value) })
    }
  }
}
