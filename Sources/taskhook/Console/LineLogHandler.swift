import Foundation
import Logging
import Model
import Synchronization

/// How lines are logged. The level may change while taskhook runs.
final class LogStyle: Sendable {
  let format: LineLogHandler.Format
  let colour: Bool
  private let state: Mutex<Logger.Level>

  init(level: Logger.Level, format: LineLogHandler.Format, colour: Bool = false) {
    self.format = format
    self.colour = colour
    state = Mutex(level)
  }

  /// The least of what is logged.
  var level: Logger.Level {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}

/// Writes log lines to standard error: as text for people, as JSON for machines. Messages are constant;
/// facts are in the metadata.
struct LineLogHandler: LogHandler {
  enum Format: String, CaseIterable, Sendable { case text, json }

  var metadata: Logger.Metadata = [:]
  private let style: LogStyle

  init(_ style: LogStyle) { self.style = style }

  var logLevel: Logger.Level {
    get { style.level }
    set { style.level = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let facts = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
    let time = SystemTime().wall.iso8601
    var line: [UInt8]
    switch style.format {
    case .json:
      var writer = JSONWriter()
      writer.object { writer in
        writer.key("time")
        writer.string(time)
        writer.key("level")
        writer.string(event.level.rawValue)
        writer.key("message")
        writer.string("\(event.message)")
        for (name, value) in facts {
          writer.key(name)
          writer.string("\(value)")
        }
      }
      line = writer.bytes
    case .text:
      let word = event.level.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)
      var text = "\(time) \(style.colour ? event.level.coloured(word) : word) \(event.message)"
      for (name, value) in facts { text += " \(name)=\(Self.quoted("\(value)"))" }
      line = Array(text.utf8)
    }
    line.append(UInt8(ascii: "\n"))
    StandardError.write(line)
  }

  /// As it is where it is a plain word, else quoted with control characters escaped.
  private static func quoted(_ value: String) -> String {
    let plain = value.unicodeScalars.allSatisfy {
      $0.value > 0x20 && $0.value != 0x7F && $0 != "\"" && $0 != "="
    }
    if plain && !value.isEmpty { return value }
    var writer = JSONWriter()
    writer.string(value)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension Logger.Level {
  fileprivate func coloured(_ word: String) -> String {
    switch self {
    case .critical, .error: "\u{1B}[31m\(word)\u{1B}[0m"
    case .warning: "\u{1B}[33m\(word)\u{1B}[0m"
    case .notice: "\u{1B}[36m\(word)\u{1B}[0m"
    case .info, .debug, .trace: word
    }
  }
}
