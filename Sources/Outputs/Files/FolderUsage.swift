import Foundation

/// The bytes of all files below a folder.
enum FolderUsage {
  /// Files on their way are left out, and symbolic links are not followed. Nil where the folder cannot
  /// be read; 0 where it is not there.
  static func bytes(below path: String) -> Int64? {
    guard let folder = opendir(path) else { return errno == ENOENT ? 0 : nil }
    defer { closedir(folder) }
    var bytes: Int64 = 0
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name == "." || name == ".." || PartName.isOne(name) { continue }
      var status = stat()
      guard lstat("\(path)/\(name)", &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: bytes += Self.bytes(below: "\(path)/\(name)") ?? 0
      case S_IFREG: bytes += Int64(status.st_size)
      default: break
      }
    }
    return bytes
  }
}
