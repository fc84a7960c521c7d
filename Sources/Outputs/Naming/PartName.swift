import Crypto
import Model

/// The name of an output's temporary file: always the same, so that it is found again, and another's for each.
enum PartName {
  static let ending = ".part"

  static func of(_ ref: TaskRef, output: Int) -> String {
    var hash = SHA256()
    for text in [ref.source, ref.id, String(output)] {
      hash.update(data: Array("\(text.utf8.count):\(text)".utf8))
    }
    return ".taskhook-\(hash.finalize().hexadecimal.prefix(24))\(ending)"
  }
}
