import Model
import Templates

/// Makes messages of events: the texts for their type, with the fields of the event put in and cut to what the
/// service shows.
struct MessageReader {
  let texts: ChatTexts
  let limits: PartLimits

  /// - Parameter fields: what templates may name of the event.
  func message(of event: Event, _ fields: TemplateContext) -> ChatMessage {
    guard let text = texts.message(event.type.name) else { return .bare(event.type.name) }
    let task: JSONSlice? = if case .json(let task) = fields["task"] { task } else { nil }
    let context = fields.adding("failure", said(at: texts.failure, task)).adding(
      "code", said(at: texts.code, task))
    let labels = event.labels.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    var message = message(text, context, facts: labels)
    message.show(task.map { OutputLink.all(at: texts.output, in: $0, most: limits.links) } ?? [])
    return message
  }

  /// - Parameter fields: what templates may name of the digest.
  func message(of digest: Digest, _ fields: TemplateContext) -> ChatMessage {
    guard let text = texts.message(Digest.type) else { return .bare(Digest.type) }
    var message = message(text, fields, facts: [])
    message.lines = digest.first.prefix(limits.lines).map { event in
      // Only what its texts name is read of the attempt, and those name the event alone.
      let told = self.message(of: event, TemplateContext(Attempt(delivery: "", event: event, number: 1)))
      let line = told.text.isEmpty ? told.title : "\(told.title): \(told.text)"
      return ChatMessage.Line(icon: told.icon, text: PlainText.line(line, limits.fact))
    }
    message.more = max(0, digest.count - message.lines.count)
    message.level = digest.counts.compactMap { texts.message($0.type.name)?.level }.max() ?? text.level
    return message
  }

  private func message(
    _ text: MessageText, _ context: TemplateContext, facts others: [(name: String, value: String)]
  ) -> ChatMessage {
    ChatMessage(
      level: text.level, icon: text.icon, title: PlainText.line(text.title.render(context), limits.title),
      text: PlainText.cut(text.text?.render(context) ?? "", limits.text),
      about: PlainText.clean(text.about.render(context)),
      facts: facts(text.facts.map { (name: $0.name, value: $0.value.render(context)) } + others))
  }

  /// The first of the places where a text or a number stands.
  private func said(at paths: [JSONPath], _ task: JSONSlice?) -> TemplateValue {
    guard let task else { return .null }
    let values = paths.lazy.compactMap { $0.first(in: task) }
    return values.first { $0.kind == .string && $0.string?.isEmpty == false || $0.kind == .number }
      .map { .json($0) } ?? .null
  }

  private func facts(_ facts: [(name: String, value: String)]) -> [ChatMessage.Fact] {
    facts.lazy.map {
      ChatMessage.Fact(
        name: PlainText.line($0.name, limits.fact), value: PlainText.line($0.value, limits.fact))
    }.filter { !$0.name.isEmpty && !$0.value.isEmpty }.prefix(limits.facts).map(\.self)
  }
}

extension ChatMessage {
  /// For a type that there is no text for; the texts are checked to have one for each.
  fileprivate static func bare(_ type: String) -> ChatMessage {
    ChatMessage(level: .info, icon: "", title: type, text: "", about: type)
  }
}
