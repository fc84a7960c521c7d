import Foundation
import Model

/// What went wrong with a file on this machine: the operation, the place, the cause.
struct FileTrouble: Error, Sendable, Equatable, CustomStringConvertible {
  enum Kind: Sendable {
    /// A file of this name is there already.
    case exists
    /// Another process is at work on it, or no descriptor or memory is left in this moment: tried again later.
    case passing
    /// A folder on the way to it was removed meanwhile.
    case gone
    case other
  }

  var kind: Kind
  var description: String

  init(_ kind: Kind = .other, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// The last call's error, in words.
  init(_ operation: String, _ path: String, errno code: Int32 = errno) {
    kind =
      switch code {
      case EEXIST: .exists
      case ENOENT: .gone
      case EMFILE, ENFILE, ENOMEM: .passing
      default: .other
      }
    let cause: String =
      switch code {
      case ELOOP, ENOTDIR: "a part of its path is no folder, or a symbolic link"
      default: String(cString: strerror(code))
      }
    description = "cannot \(operation) \"\(PrintableText.escape(path.utf8))\": \(cause)"
  }
}
