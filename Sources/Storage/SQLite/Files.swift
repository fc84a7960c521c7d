import GRDB
import Model

/// The files of an event as they are stored: JSON as receivers read it, or NULL where there are none.
enum Files {
  static func text(_ files: [SavedFile]) -> String? {
    if files.isEmpty { return nil }
    var writer = JSONWriter()
    writer.files(files)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  static func parse(_ text: String?) throws -> [SavedFile] {
    guard let text else { return [] }
    guard let files = SavedFile.list(from: Array(text.utf8)) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "files are no JSON array of files")
    }
    return files
  }
}
