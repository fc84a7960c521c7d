import CCurl
import Glibc
import Model

/// A part of a file on its way out: read piece by piece, as libcurl has room for it. The file stays open until the
/// end of the request, and may be read again from the part's beginning.
final class FileUpload {
  /// Bytes to be sent.
  var count: Int { Int(part.count) }
  /// Why it could not be read to its end.
  private(set) var failure: HTTPError.Kind?
  private(set) var reason = ""

  private let descriptor: Int32
  private let part: FilePart
  private var sent: Int64 = 0

  private init(_ descriptor: Int32, _ part: FilePart) {
    self.descriptor = descriptor
    self.part = part
  }

  deinit { close(descriptor) }

  enum Opening { case opened(FileUpload), refused(String) }

  /// Opens a part of a file such that no child process inherits it; refused where it is not all there.
  static func open(_ part: FilePart) -> Opening {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer.
    let descriptor = Glibc.open(part.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      return .refused("cannot open \(part.path): \(String(cString: strerror(errno)))")
    }
    let upload = FileUpload(descriptor, part)
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      return .refused("\(part.path) is no regular file")
    }
    guard part.offset >= 0, part.count >= 0, part.offset <= Int64(facts.st_size),
      part.count <= Int64(facts.st_size) - part.offset
    else {
      let wanted = "\(part.count) bytes from byte \(part.offset) on"
      return .refused("\(part.path) has \(facts.st_size) bytes, and not \(wanted)")
    }
    return .opened(upload)
  }

  /// Fills the buffer with what comes next. Returns how much: 0 at the end, nil where it cannot be read.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let wanted = min(buffer.count, Int(part.count - sent))
    guard wanted > 0 else { return 0 }
    var count = 0
    repeat {
      count = pread(descriptor, buffer.baseAddress, wanted, Int(part.offset + sent))
    } while count < 0 && errno == EINTR
    if count > 0 {
      sent += Int64(count)
      return count
    }
    failure = count == 0 ? .badRequest : .other
    reason =
      count == 0
      ? "\(part.path) ended after \(sent) of \(part.count) bytes"
      : "cannot read \(part.path): \(String(cString: strerror(errno)))"
    return nil
  }

  /// The next read begins at this byte of the part; false where there is none.
  func seek(to position: Int64) -> Bool {
    guard (0...part.count).contains(position) else { return false }
    sent = position
    return true
  }
}
