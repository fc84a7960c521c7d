import Config
import Synchronization

/// One output of one task.
struct FileKey: Hashable, Sendable {
  /// The store's number of the task.
  var row: Int64
  var output: Int
}

/// What files that are on their way will still take of their disks, so that none counts on the room of another.
final class DiskRoom: Sendable {
  private struct Entry {
    var device: UInt64
    var bytes: Int64
  }

  private let entries = Mutex<[FileKey: Entry]>([:])

  /// Reserves so many bytes for a file, in the stead of what it had. Answers why that cannot be; nil where it can.
  func reserve(_ bytes: Int64, for file: FileKey, device: UInt64, space: DiskSpace) -> String? {
    entries.withLock { entries in
      let others = entries.reduce(Int64(0)) {
        $1.key == file || $1.value.device != device ? $0 : $0 + $1.value.bytes
      }
      entries[file] = Entry(device: device, bytes: bytes)
      if others + bytes <= space.usable { return nil }
      return "it would fill the disk: \(space.free) bytes are free, of which \(space.reserve) stay so"
        + (others > 0 ? " and \(others) are for other files on their way" : "")
        + ", and \(bytes) are needed"
    }
  }

  func release(_ file: FileKey) { entries.withLock { $0[file] = nil } }
}
