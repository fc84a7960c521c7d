import Foundation
import Model
import Synchronization

/// The file on disk, before SQLite sees it: where it is, that it is ours, and that nobody else may read it.
enum StateFile {
  /// The one true path of a state file that exists or is to be: links are followed, so that two names of a
  /// file have one lock.
  static func resolve(_ path: String) throws(StoreError) -> String {
    if path.isEmpty { throw StoreError(.unwritable, "the state file has no name: set `state`") }
    if let resolved = realPath(path) { return resolved }
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    guard let resolved = realPath(folder) else {
      throw StoreError(
        .unwritable,
        "the state file \(path) cannot be made, its folder \(folder) cannot be reached: \(reason()). "
          + "Make the folder, or set `state` to a file elsewhere")
    }
    return (resolved == "/" ? "" : resolved) + "/" + url.lastPathComponent
  }

  /// Makes the file where there is none, and checks what there is. A file that is no state file is left as
  /// it was.
  static func prepare(_ path: String) throws(StoreError) -> Identity {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let made = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if made >= 0 {
      // The umask may have taken more away than others' rights.
      fchmod(made, 0o600)
      close(made)
    } else if errno != EEXIST {
      throw StoreError(
        .unwritable,
        "the state file \(path) cannot be made: \(reason()). Make the folder \(folder) writable for this "
          + "user, or set `state` to a file elsewhere")
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw StoreError(.unwritable, "the state file \(path) cannot be opened: \(reason())")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw StoreError(
        .unreadable, "the state file \(path) is a folder or device, not a file: set `state` to a file")
    }
    if status.st_nlink > 1 {
      throw StoreError(
        .unwritable,
        "the state file \(path) has \(status.st_nlink) names (hard links). Its journal belongs to one name, "
          + "so using two would damage it: remove the others, or copy the file")
    }
    for needed in [path, folder] where access(needed, W_OK) != 0 {
      throw StoreError(
        .unwritable,
        "the state file \(path) cannot be written: \(needed): \(reason()). Make the file and its folder "
          + "writable for this user")
    }
    return Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
  }

  /// Says whether the file's first bytes are those of a state file this program can use.
  static func check(_ path: String) throws(StoreError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw StoreError(.unwritable, "the state file \(path) cannot be opened: \(reason())")
    }
    defer { close(file) }
    var header = [UInt8](repeating: 0, count: 100)
    let count = pread(file, &header, header.count, 0)
    if count == 0 { return }
    // https://www.sqlite.org/fileformat2.html section 1.3: the magic, user_version at 60, application_id at 68.
    guard count == header.count, header.starts(with: Array("SQLite format 3\0".utf8)) else {
      throw StoreError(
        .unreadable, "\(path) is no SQLite file, so no state of taskhook: set `state` to another file")
    }
    func field(_ offset: Int) -> Int64 { header[offset..<offset + 4].reduce(0) { $0 << 8 | Int64($1) } }
    guard field(68) == Schema.application else {
      throw StoreError(
        .unreadable, "\(path) is the SQLite file of another program: set `state` to another file")
    }
    try check(version: field(60), of: path)
  }

  static func check(version: Int64, of path: String) throws(StoreError) {
    if version > Schema.version {
      throw StoreError(
        .unreadable,
        "\(path) was written by a newer taskhook (format \(version), this one knows \(Schema.version)): "
          + "use that one, or set `state` to another file")
    }
  }

  /// Takes the rights of all but the owner from the file and those beside it.
  static func restrict(_ path: String) {
    for name in [path, path + "-wal", path + "-shm", path + ".lock"] {
      var status = stat()
      if lstat(name, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 {
        // Not allowed where the file is someone else's: then it is theirs to decide.
        chmod(name, status.st_mode & 0o700)
      }
    }
  }

  /// Gives a file beside the state file its owner and mode 0600: a daemon that root once started by hand
  /// must not lock out the user it usually runs as.
  static func restrict(_ file: Int32, like path: String) {
    fchmod(file, 0o600)
    var status = stat()
    if geteuid() == 0, stat(path, &status) == 0 { _ = fchown(file, status.st_uid, status.st_gid) }
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// A file, whatever its names.
  struct Identity: Hashable {
    var device: UInt64
    var number: UInt64
  }

  /// The state files that this process has open, and how often.
  ///
  /// Closing any descriptor of a file drops the POSIX locks that SQLite holds on it through others
  /// (https://www.sqlite.org/howtocorrupt.html section 2.2), so only the first to open one may look at its
  /// bytes; the later ones open what has been checked.
  private static let inUse = Mutex<[Identity: Int]>([:])

  static func enter(_ file: Identity, _ path: String) throws(StoreError) {
    try inUse.withLock { files throws(StoreError) in
      if files[file] == nil { try check(path) }
      files[file, default: 0] += 1
    }
  }

  static func leave(_ file: Identity) {
    inUse.withLock { files in
      guard let count = files[file] else { return }
      files[file] = count > 1 ? count - 1 : nil
    }
  }
}
