import Model
import Synchronization
import Templates

/// The names of one task's copies.
final class CopyNames: Sendable {
  private let template: TextTemplate
  private let context: TemplateContext
  private let outputs: [TaskOutput]
  /// Of outputs whose server has told it.
  private let contentTypes: Mutex<[Int: String?]>

  init(_ save: PendingSave, template: TextTemplate) {
    self.template = template
    outputs = save.outputs
    // A template reads an event as a hook is told of it; what only an attempt has, no name can name.
    context = TemplateContext(Attempt(delivery: "", event: save.event, number: 1))
    contentTypes = Mutex([:])
  }

  /// The server has told the content type of an output.
  func learn(_ contentType: String?, of index: Int) { contentTypes.withLock { $0[index] = contentType } }

  /// The name of an output's copy, as far as it can be known.
  func name(of index: Int) -> FileName { name(of: index, fallback: "") }

  /// Which of the copies with its name an output's is, from 1, so that it does not depend on which is first to be
  /// there: those of outputs before it, of a hundred, come before it.
  func number(of index: Int) -> Int {
    let own = name(of: index).path
    let fallback = fileExtension(of: index) ?? ""
    return 1 + (max(0, index - 100)..<index).count { name(of: $0, fallback: fallback).path == own }
  }

  private func name(of index: Int, fallback: String) -> FileName {
    let ending = fileExtension(of: index) ?? fallback
    let text = template.render(
      context.adding("index", .integer(index)).adding("number", .integer(index + 1))
        .adding("file", .text(OutputURL(outputs[index].url)?.file ?? ""))
        .adding("extension", .text(ending))
        .adding("content_type", .optional(contentType(of: index) ?? nil)))
    return FileName(text, extension: ending)
  }

  /// Nil where nothing tells it yet.
  private func fileExtension(of index: Int) -> String? {
    let told = contentType(of: index)
    guard let url = OutputURL(outputs[index].url) else { return told == nil ? nil : "" }
    let ending = FileExtension.of(contentType: told ?? nil, url: url)
    return ending.isEmpty && told == nil ? nil : ending
  }

  private func contentType(of index: Int) -> String?? { contentTypes.withLock { $0[index] } }
}
