import Foundation

/// Files as the config reads them: whole, bounded, with every trouble in words.
enum FileContent {
  struct Trouble: Error {
    /// To follow the file's name: `does not exist`.
    var message: String
  }

  /// A file's bytes, at most `limit` of them and one more, by which the caller sees that there are too many.
  static func bytes(of path: String, limit: Int) throws(Trouble) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Trouble(message: words(errno)) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= limit {
      let count = read(descriptor, &chunk, min(chunk.count, limit + 1 - bytes.count))
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw Trouble(message: words(errno))
      }
      bytes.append(contentsOf: chunk[..<count])
    }
    return bytes
  }

  /// Why a file cannot be read, without reading it; nil where it can.
  static func trouble(reading path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return words(errno) }
    if status.st_mode & S_IFMT == S_IFDIR { return words(EISDIR) }
    return access(path, R_OK) == 0 ? nil : words(errno)
  }

  private static func words(_ code: Int32) -> String {
    switch code {
    case ENOENT: "does not exist"
    case EISDIR: "is a directory"
    case EACCES, EPERM: "may not be read: permission denied"
    case ENOTDIR: "does not exist: a part of its path is no directory"
    default: "cannot be read: \(String(cString: strerror(code)))"
    }
  }
}
