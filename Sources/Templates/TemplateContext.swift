import Model

/// What a template may name, and what stands there: one message, with what the sender knows beside it.
package struct TemplateContext: Sendable {
  private var fields: [String: TemplateValue]

  /// - Parameters:
  ///   - settings: what `settings.NAME` stands for, where a caller has such.
  ///   - extras: further first words. What is here must be among the names that the template was read with.
  package init(
    _ attempt: Attempt, settings: [String: String] = [:], extras: [String: TemplateValue] = [:]
  ) {
    switch attempt.message {
    case .event(let event): fields = Self.fields(of: event)
    case .digest(let digest): fields = Self.fields(of: digest)
    }
    fields["delivery"] = .text(attempt.delivery)
    fields["attempt"] = .integer(attempt.number)
    if !settings.isEmpty {
      fields["settings"] = .object(
        settings.sorted { $0.key < $1.key }.map { (name: $0.key, value: .text($0.value)) })
    }
    fields.merge(extras) { $1 }
  }

  /// Names that stand for something without any message, such as settings.
  package init(extras: [String: TemplateValue]) { fields = extras }

  /// The context with one more first word, such as a text that was rendered before.
  package func adding(_ name: String, _ value: TemplateValue) -> TemplateContext {
    var context = self
    context.fields[name] = value
    return context
  }

  /// What stands under a first word; nil where there is nothing.
  package subscript(_ name: String) -> TemplateValue? { fields[name] }

  /// What an expression outside of any section stands for; null where there is nothing.
  func value(of expression: TemplateExpression) -> TemplateValue {
    guard case .path(let parts, _) = expression.place, var value = fields[parts[0]] else { return .null }
    for part in parts.dropFirst() {
      guard let child = value.child(part) else { return .null }
      value = child
    }
    return expression.transforms.reversed().reduce(value) { $1.apply(to: $0) }
  }

  /// The body that a webhook sends says what an event has, so that both always agree.
  private static func fields(of event: Event) -> [String: TemplateValue] {
    var fields = read(.event(event))
    if let since = event.watchedSince {
      fields["first_seen"] = .text(since.iso8601)
      var json = JSONWriter()
      json.number(max(.zero, event.timestamp - since).seconds)
      fields["elapsed"] = .number(String(decoding: json.bytes, as: UTF8.self))
    }
    if let created = event.createdAt { fields["created_at"] = .text(created.iso8601) }
    return fields
  }

  private static func fields(of digest: Digest) -> [String: TemplateValue] {
    let data = read(.digest(digest))
    let counts = digest.counts.map { entry in
      TemplateValue.object([("type", .text(entry.type.name)), ("count", .integer(entry.count))])
    }
    let told = ["count", "from", "to", "first"].map { (name: $0, value: data[$0] ?? .null) }
    var fields = data.filter { ["type", "timestamp", "hook"].contains($0.key) }
    fields["digest"] = .object(told + [(name: "counts", value: .list(counts))])
    return fields
  }

  /// `type`, `timestamp` and the members of `data`.
  private static func read(_ message: Message) -> [String: TemplateValue] {
    // A task object is checked when it is polled; what reads as none is left out rather than the whole event.
    var message = message
    if case .event(var event) = message, let task = event.task, (try? JSONDocument(task)) == nil {
      event.task = nil
      message = .event(event)
    }
    guard let root = try? JSONDocument(EventBody.event.render(message)).root else { return [:] }
    var fields: [String: TemplateValue] = [:]
    for name in ["type", "timestamp"] { fields[name] = root[name].map { .json($0) } }
    guard let data = root["data"] else { return fields }
    for member in data.members { fields[member.key] = .json(member.value) }
    return fields
  }
}
