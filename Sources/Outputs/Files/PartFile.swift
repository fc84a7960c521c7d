import Crypto
import Foundation
import Synchronization

/// The temporary file that an output is written to until it is whole, with the SHA-256 of what is in it.
///
/// It grows at its end only. So after a crash, even of the machine, what is in it is what came first: file systems
/// write down a file's length after the bytes that it covers. It is locked while it is open, so that no other
/// process, saving to the same folder, writes to it too.
final class PartFile: Sendable {
  private struct State {
    var folder: Folder?
    var descriptor: Int32 = -1
    var identity: Folder.Identity?
    var hash = SHA256()
    /// Bytes in the file that the hash has seen.
    var count: Int64 = 0
  }

  let place: FilePlace
  private let rootMode: mode_t
  private let state = Mutex(State())

  init(_ place: FilePlace, rootMode: mode_t = 0o777) {
    self.place = place
    self.rootMode = rootMode
  }

  deinit { close() }

  /// Opens it, or makes it. Answers how many bytes are in it; what the sum says of them after `close` holds as long
  /// as it is the same file.
  func open() throws(FileTrouble) -> Int64 {
    let (folder, descriptor) = try openFile()
    var status = stat()
    guard Self.lock(descriptor), fstat(descriptor, &status) == 0 else {
      defer { Glibc.close(descriptor) }
      if errno == EWOULDBLOCK { throw FileTrouble(.passing, "another process writes \(place.path)") }
      throw FileTrouble("lock", place.path)
    }
    let identity = Folder.Identity(status)
    // Whoever had the lock before may have given the file its last name: it is to be left alone.
    guard identity.isFile, status.st_nlink == 1, folder.identity(of: place.name)?.isSame(as: identity) == true
    else {
      Glibc.close(descriptor)
      throw FileTrouble(.passing, "another process has just written \(place.path)")
    }
    state.withLock { state in
      state.folder = folder
      state.descriptor = descriptor
      if state.identity?.isSame(as: identity) != true || state.count > identity.size {
        state.hash = SHA256()
        state.count = 0
      }
      state.identity = identity
    }
    return identity.size
  }

  /// Where the file system knows no locks, there are none.
  private static func lock(_ descriptor: Int32) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
    return errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP || errno == EINVAL
  }

  /// The folder may be removed in the moment in which it is empty: by the end of the file that it was made for.
  private func openFile() throws(FileTrouble) -> (Folder, Int32) {
    for _ in 0..<5 {
      do throws(FileTrouble) {
        let folder = try Folder.open(place, mode: rootMode)
        return (folder, try folder.file(place.name))
      } catch  where error.kind == .gone {}
    }
    let folder = try Folder.open(place, mode: rootMode)
    return (folder, try folder.file(place.name))
  }

  func close() {
    state.withLock { state in
      if state.descriptor >= 0 { Glibc.close(state.descriptor) }
      state.descriptor = -1
      state.folder = nil
    }
  }

  /// Reads what is in it and was not seen yet, for its sum; ends early where it is told to.
  func takeUp(unless isCancelled: () -> Bool) throws(FileTrouble) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    defer { buffer.deallocate() }
    while !isCancelled() {
      let (descriptor, offset) = state.withLock { ($0.descriptor, $0.count) }
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw FileTrouble("read", place.path) }
      if count == 0 { return }
      state.withLock { state in
        state.hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        state.count += Int64(count)
      }
    }
  }

  /// Throws away what is in it.
  func restart() throws(FileTrouble) {
    let good = state.withLock { state in
      state.hash = SHA256()
      state.count = 0
      return ftruncate(state.descriptor, 0) == 0
    }
    if !good { throw FileTrouble("empty", place.path) }
  }

  /// Puts bytes behind those that it has seen.
  func write(_ bytes: UnsafeRawBufferPointer) throws(FileTrouble) {
    let code: Int32 = state.withLock { state in
      var written = 0
      while written < bytes.count {
        let count = pwrite(
          state.descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written,
          off_t(state.count + Int64(written)))
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return count == 0 ? EIO : errno }
        written += count
      }
      state.hash.update(bufferPointer: bytes)
      state.count += Int64(bytes.count)
      return 0
    }
    if code != 0 { throw FileTrouble("write", place.path, errno: code) }
  }

  var count: Int64 { state.withLock { $0.count } }

  /// What is free on its file system.
  var space: DiskSpace? { state.withLock { DiskSpace(ofDescriptor: $0.descriptor) } }

  /// Which file system it is on.
  var device: UInt64 { state.withLock { $0.identity?.device ?? 0 } }

  /// The sum of all that is in it, in small hexadecimal digits.
  var sha256: String { state.withLock { $0.hash.finalize().hexadecimal } }

  /// Has the disk know what is in it.
  func sync() throws(FileTrouble) {
    let descriptor = state.withLock { $0.descriptor }
    if fsync(descriptor) != 0 { throw FileTrouble("write", place.path) }
  }

  /// Gives the file its last name, for everybody to read whom the umask lets, and has the disk know it.
  /// Where a file has that name already, that is trouble of its own kind.
  func publish(as other: FilePlace) throws(FileTrouble) {
    let (own, descriptor) = state.withLock { ($0.folder, $0.descriptor) }
    guard let own else { throw FileTrouble(.other, "\(place.path) is not open") }
    let folder = other.folders == place.folders ? own : try Folder.open(other)
    // Where that cannot be set, the file has what it has.
    fchmod(descriptor, FileMode.ofCopies)
    try own.move(place.name, to: folder, as: other.name)
    try folder.sync()
    // Where the file has two names by now.
    own.remove(place.name)
    if folder !== own { try own.sync() }
  }

  /// Removes it, and the folders that were made for it alone.
  func remove() {
    state.withLock { $0.folder }?.remove(place.name)
    close()
    var folders = place.folders
    while let last = folders.popLast() {
      let outer = FilePlace(root: place.root, folders: folders, name: last)
      guard let folder = try? Folder.open(outer, making: false) else { return }
      folder.removeEmpty(last)
    }
  }
}

extension SHA256.Digest {
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// The mode of copies: for all to read, as far as the umask goes.
enum FileMode {
  static let ofCopies: mode_t = 0o644 & ~umask

  /// The process's own. The call that tells it sets it too, for all threads: it is read from Linux's `/proc`.
  private static let umask: mode_t = {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Umask:") }),
      let mask = mode_t(line.dropFirst(6).filter { !$0.isWhitespace }, radix: 8)
    else { return 0o022 }
    return mask
  }()
}
