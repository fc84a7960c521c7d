import Model

/// How an answer is read, field by field: from where, as what, or why not. For people who write a mapping, or
/// wonder at one.
package struct AnswerTrace: Sendable {
  package struct Row: Sendable, Equatable {
    /// What it is about, by its key in the mapping: `status`, `outputs`.
    package var field: String
    /// Where it is from: a path in the answer, `case 2`, `header retry-after`, `HTTP 404`.
    package var place: String?
    /// What stands there, cut and made printable.
    package var value: String?
    /// What it is read as.
    package var meaning: String?
    /// Why it is not read, or what else is to be known.
    package var note: String?

    init(
      _ field: String, at place: String? = nil, value: String? = nil, as meaning: String? = nil,
      note: String? = nil
    ) {
      self.field = field
      self.place = place
      self.value = value
      self.meaning = meaning
      self.note = note
    }
  }

  package let rows: [Row]
  /// What follows from the answer, as `read` says it; a request where its result has to be asked for first.
  package let step: PollStep

  /// The rows of one field.
  package subscript(field: String) -> [Row] { rows.filter { $0.field == field } }
}
