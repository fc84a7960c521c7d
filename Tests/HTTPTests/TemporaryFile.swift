import Foundation

/// A file that is there as long as this object.
final class TemporaryFile: Sendable {
  let path: String

  init(_ bytes: [UInt8]) throws {
    path = FileManager.default.temporaryDirectory.appending(path: "taskhook-file-\(UUID().uuidString)").path
    try Data(bytes).write(to: URL(filePath: path))
  }

  convenience init(_ text: String) throws { try self.init(Array(text.utf8)) }

  /// Zeros, which take no room on the disk.
  convenience init(size: Int) throws {
    try self.init([])
    guard truncate(path, off_t(size)) == 0 else { throw POSIXError(.ENOSPC) }
  }

  deinit { unlink(path) }
}
