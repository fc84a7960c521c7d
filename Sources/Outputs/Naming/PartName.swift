import Crypto
import Model

/// The name of an output's temporary file: always the same, so that it is found again, and another's for each. That of
/// a later success of the same task is another too: what was begun for one is no part of the other.
enum PartName {
  static let ending = ".part"
  private static let beginning = ".taskhook-"

  static func of(_ save: PendingSave, output: Int) -> String {
    beginning + mark(of: save, output: output) + ending
  }

  /// Tells the copy of this output from all other files.
  static func mark(of save: PendingSave, output: Int) -> String {
    var hash = SHA256()
    for text in [save.ref.source, save.ref.id, String(save.event.sequence), String(output)] {
      hash.update(data: Array("\(text.utf8.count):\(text)".utf8))
    }
    return String(hash.finalize().hexadecimal.prefix(24))
  }

  /// Whether a file has such a name.
  static func isOne(_ name: String) -> Bool { name.hasPrefix(beginning) && name.hasSuffix(ending) }
}
