import Config
import Crypto
import Model
import Templates

/// The payload of a service's requests, rendered to JSON by an encoder: no value can break it.
struct Payload: Sendable {
  private let root: PayloadNode
  private let markup: MarkupReader.Markup

  init(_ root: PayloadNode, escape: TextEscape) {
    self.root = root
    markup = escape.markup
  }

  /// The JSON for a message. Of texts control characters are taken out.
  /// - Parameter hidingSecrets: whether `***` stands for what `${…}` put in.
  func render(_ context: TemplateContext, hidingSecrets: Bool = false) -> [UInt8] {
    var json = JSONWriter()
    let budget = RenderBudget()
    let writer = Writer(markup: markup, hidingSecrets: hidingSecrets, budget: budget)
    writer.write(root, context, &json)
    return json.bytes
  }

  private struct Writer {
    let markup: MarkupReader.Markup
    let hidingSecrets: Bool
    let budget: RenderBudget

    func write(_ node: PayloadNode, _ context: TemplateContext, _ json: inout JSONWriter) {
      switch node {
      case .fixed(let bytes): json.raw(bytes)
      case .text(let template):
        let value = value(of: template, context)
        if value.kind == .text { json.string(PlainText.clean(value.text)) } else { value.write(to: &json) }
      case .cut(let template, let limit):
        json.string(MarkupCut.cut(PlainText.trimmed(text(template, context)), to: limit, markup: markup))
      case .key(let template, let limit):
        json.string(Self.key(PlainText.clean(text(template, context)), limit))
      case .list(let items):
        json.array { json in
          for item in items { write(item, context, &json) { _ in } }
        }
      case .object(let entries):
        json.object { json in
          for entry in entries { write(entry.value, context, &json) { $0.key(entry.key) } }
        }
      }
    }

    /// Writes what an item comes to: itself, nothing, or one for each element of a list.
    private func write(
      _ item: PayloadItem, _ context: TemplateContext, _ json: inout JSONWriter,
      before: (inout JSONWriter) -> Void
    ) {
      let contexts =
        item.each.map { value(of: $0, context).elements.map { context.adding("item", $0) } } ?? [context]
      for context in contexts
      where item.when.allSatisfy({ !value(of: $0, context).isFalsey })
        && item.unless.allSatisfy({ value(of: $0, context).isFalsey })
      {
        before(&json)
        write(item.node, context, &json)
      }
    }

    private func value(of template: TextTemplate, _ context: TemplateContext) -> TemplateValue {
      template.value(context, hidingSecrets: hidingSecrets, budget: budget)
    }

    private func text(_ template: TextTemplate, _ context: TemplateContext) -> String {
      template.render(context, hidingSecrets: hidingSecrets, budget: budget)
    }

    /// The text itself, or where it is too long 40 hexadecimal digits that are the same whenever it is.
    private static func key(_ text: String, _ limit: TextLimit) -> String {
      if limit.holds(text) { return text }
      let digits = Array("0123456789abcdef")
      return SHA256.hash(data: Array(text.utf8)).prefix(20).reduce(into: "") { key, byte in
        key.append(digits[Int(byte >> 4)])
        key.append(digits[Int(byte & 15)])
      }
    }
  }
}

extension TextEscape {
  /// What a text that was so escaped may hold.
  fileprivate var markup: MarkupReader.Markup {
    switch self {
    case .none, .path: .none
    case .html: .html
    case .slackMrkdwn: .slack
    case .markdown, .telegramMarkdownV2, .mattermost: .markdown
    }
  }
}
