import Foundation
import Model

/// Follows a file that other programs append task lines to (`tasks_from`).
///
/// The place read up to is a `Mark` (file number, offset, a checksum of what stands just before it), kept in the
/// store together with the tasks, so that a restart neither skips nor repeats a line. A file that was replaced,
/// shortened or rewritten is read from its beginning; known tasks are not affected by being named again.
///
/// A last line without its newline is taken once the file has not grown for two looks, as its writer may be
/// in the midst of it.
package struct TasksFile: Sendable {
  package struct Line: Sendable, Equatable {
    /// Counts from 1, within what this process has read of the file.
    package var number: Int
    package var bytes: [UInt8]
  }

  package struct Chunk: Sendable, Equatable {
    package var lines: [Line]
    /// The place after these lines, for the store.
    package var mark: Mark
  }

  /// Longest line taken, in bytes; the rest of a longer one comes as a line of its own.
  package static let longestLine = 1 << 20
  private static let chunk = 1 << 20
  private static let checked = 64

  package let path: String
  private var number: UInt64 = 0
  private var offset: UInt64 = 0
  private var checksum: UInt64 = 0
  private var lines = 0
  /// The size at the last look where an unfinished line was left.
  private var unfinishedAt: UInt64?

  /// `mark` is what the store has of an earlier read.
  package init(path: String, mark: String?) {
    self.path = path
    let parts = (mark ?? "").split(separator: ":").compactMap { UInt64($0) }
    if parts.count == 3 { (number, offset, checksum) = (parts[0], parts[1], parts[2]) }
  }

  package static func markName(of path: String) -> String { "tasks_from:\(path)" }

  /// Why the file cannot be read, to follow its name.
  package struct Unreadable: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String
  }

  /// What came since the last look; nil where nothing did. Throws where the file cannot be read; one that
  /// does not exist yet is empty.
  package mutating func read() throws -> Chunk? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw Unreadable(description: "cannot be read: \(String(cString: strerror(errno)))")
    }
    // Opening a pipe would wait for its writer.
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Unreadable(description: "is no regular file: programs append lines to it, name one")
    }
    let size = UInt64(status.st_size)
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    if try !continues(in: file, inode: UInt64(status.st_ino), size: size) {
      number = UInt64(status.st_ino)
      offset = 0
      lines = 0
      unfinishedAt = nil
    }
    try file.seek(toOffset: offset)
    var data = [UInt8](try file.read(upToCount: Self.chunk) ?? Data())
    if data.isEmpty { return nil }
    if let end = data.lastIndex(of: UInt8(ascii: "\n")) {
      data.removeSubrange((end + 1)...)
      unfinishedAt = nil
    } else if data.count < Self.chunk {
      guard unfinishedAt == size else {
        unfinishedAt = size
        return nil
      }
      unfinishedAt = nil
    }
    return take(data, before: offset)
  }

  private mutating func take(_ data: [UInt8], before start: UInt64) -> Chunk {
    var found: [Line] = []
    var pieces = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if pieces.last?.isEmpty == true { pieces.removeLast() }
    for piece in pieces {
      lines += 1
      found.append(Line(number: lines, bytes: Array(piece)))
    }
    offset = start + UInt64(data.count)
    checksum = Self.checksum(of: data.suffix(Self.checked))
    checkedBytes = min(data.count, Self.checked)
    let mark = Mark(name: Self.markName(of: path), value: "\(number):\(offset):\(checksum)")
    return Chunk(lines: found, mark: mark)
  }

  /// How many bytes before `offset` the checksum covers; unknown for a mark from the store.
  private var checkedBytes: Int?

  /// Whether the file is the one that was read, with the same bytes before the place.
  private func continues(in file: FileHandle, inode: UInt64, size: UInt64) throws -> Bool {
    guard inode == number, size >= offset else { return false }
    if offset == 0 { return true }
    let candidates =
      checkedBytes.map { [$0] } ?? Array(stride(from: min(Self.checked, Int(offset)), to: 0, by: -1))
    let most = UInt64(candidates[0])
    try file.seek(toOffset: offset - most)
    let before = [UInt8](try file.read(upToCount: Int(most)) ?? Data())
    return candidates.contains { Self.checksum(of: before.suffix($0)) == checksum }
  }

  /// FNV-1a, 64 bits.
  private static func checksum(of bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
