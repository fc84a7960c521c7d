import Crypto
import Foundation
import Model

enum FileSum {
  /// The SHA-256 of a stretch of a file, in small hexadecimal digits.
  static func sha256(of file: FilePart) throws(FileTrouble) -> String {
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw FileTrouble("open", file.path) }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    defer { buffer.deallocate() }
    var hash = SHA256()
    var offset = file.offset
    let end = file.offset + file.count
    while offset < end {
      let count = pread(
        descriptor, buffer.baseAddress, min(buffer.count, Int(end - offset)), off_t(offset))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileTrouble("read", file.path, errno: count == 0 ? EIO : errno) }
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      offset += Int64(count)
    }
    return hash.finalize().hexadecimal
  }
}
