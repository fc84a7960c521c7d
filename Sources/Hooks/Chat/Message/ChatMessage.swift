import Model
import Templates

/// A message for people, in plain text and in its parts.
struct ChatMessage: Sendable, Equatable {
  struct Fact: Sendable, Equatable {
    var name: String
    var value: String
  }

  /// One event of a digest.
  struct Line: Sendable, Equatable {
    var icon: String
    var text: String
  }

  var level: ChatLevel
  var icon: String
  var title: String
  /// Empty where the title says it all.
  var text: String
  /// What the message is about: the same for all news of one task, source or hook.
  var about: String
  var facts: [Fact]
  var links: [OutputLink]
  /// Which of the links is shown as a picture, and which as a film.
  var image: OutputLink?
  var video: OutputLink?
  var lines: [Line]
  /// How many events of a digest stand in no line.
  var more: Int
  /// The user's own text instead of all this; empty where there is none.
  var own: String

  /// - Parameters:
  ///   - fields: what templates may name of the attempt's message.
  ///   - own: the user's own text, rendered.
  init(
    _ attempt: Attempt, fields: TemplateContext, own: String = "", texts: ChatTexts, limits: PartLimits
  ) {
    let reader = MessageReader(texts: texts, limits: limits)
    switch attempt.message {
    case .event(let event): self = reader.message(of: event, fields)
    case .digest(let digest): self = reader.message(of: digest, fields)
    }
    self.own = PlainText.trimmed(own)
  }

  init(
    level: ChatLevel, icon: String, title: String, text: String, about: String, facts: [Fact] = []
  ) {
    self.level = level
    self.icon = icon
    self.title = title
    self.text = text
    self.about = about
    self.facts = facts
    links = []
    lines = []
    more = 0
    own = ""
  }

  /// Adds links, and takes the first picture and the first film among them.
  mutating func show(_ links: [OutputLink]) {
    self.links = links
    image = links.first { $0.kind == .image }
    video = links.first { $0.kind == .video }
  }
}
