import Model

/// The environment of a command: these variables and no others (SPEC section 4).
package enum CommandEnvironment {
  /// Taken over from taskhook's own environment, where they are set there.
  static let inherited = ["PATH", "HOME", "LANG", "TZ", "USER"]

  /// Where programs are looked for when nothing sets `PATH`.
  static let usualPath = "/usr/local/bin:/usr/bin:/bin"

  /// Linux refuses to start a program with a variable of 128 KiB or more (MAX_ARG_STRLEN).
  private static let longestValue = 64 * 1024

  /// What is the same for every event: what is inherited from `own`, and what the config adds.
  static func fixed(own: [String: String], added: [(name: String, value: Secret)]) -> [String: String] {
    var variables = own.filter { inherited.contains($0.key) }
    for (name, value) in added { variables[name] = value.reveal() }
    return variables
  }

  /// What tells of the event. A variable is empty where the event, or a digest of many, has no such thing.
  static func told(_ attempt: Attempt) -> [String: String] {
    let event: Event? = if case .event(let event) = attempt.message { event } else { nil }
    let variables: [String: String?] = [
      "TASKHOOK_EVENT": attempt.message.type,
      "TASKHOOK_SOURCE": event?.source,
      "TASKHOOK_TASK_ID": event?.taskID,
      "TASKHOOK_STATUS": event?.status,
      "TASKHOOK_PREVIOUS_STATUS": event?.previousStatus,
      "TASKHOOK_STATE": event?.state?.rawValue,
      "TASKHOOK_SEQUENCE": event.map { String($0.sequence) },
      "TASKHOOK_DELIVERY_ID": attempt.delivery,
      "TASKHOOK_ATTEMPT": String(attempt.number),
      "TASKHOOK_FILES": files(event?.files ?? []),
    ]
    return variables.mapValues { PrintableText.cut(withoutNUL($0 ?? ""), to: longestValue) }
  }

  /// A JSON array, as in the body of a webhook, of as many files as fit.
  private static func files(_ files: [SavedFile]) -> String {
    // The bracket that opens; each file brings a comma, or the bracket that closes.
    var length = 1
    let fitting = files.prefix { file in
      var alone = JSONWriter()
      alone.files([file])
      length += alone.bytes.count - 1
      return length <= longestValue
    }
    var json = JSONWriter()
    json.files(Array(fitting))
    return String(decoding: json.bytes, as: UTF8.self)
  }

  /// Why a variable cannot be set in the config; nil where it can.
  static func refusal(of name: String) -> String? {
    let first = name.utf8.first.map { isLetter($0) } ?? false
    if !first || !name.utf8.allSatisfy({ isLetter($0) || (0x30...0x39).contains($0) }) {
      return "a variable's name has letters, digits and _, and does not begin with a digit"
    }
    if name.hasPrefix("TASKHOOK_") { return "names that begin with TASKHOOK_ are set by taskhook" }
    return nil
  }

  /// A variable cannot hold the character that ends it.
  private static func withoutNUL(_ text: String) -> String {
    text.utf8.contains(0) ? String(text.unicodeScalars.filter { $0.value != 0 }.map(Character.init)) : text
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
  }
}
