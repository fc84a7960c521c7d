import Foundation

/// A folder that is held open, so that all that is done in it is done in that one: nobody can put a symbolic link
/// in its place meanwhile.
final class Folder: Sendable {
  let path: String
  private let descriptor: Int32

  /// What a file is, whatever it is called.
  struct Identity: Equatable, Sendable {
    var device: UInt64
    var inode: UInt64
    var size: Int64
    var isFile: Bool

    /// Whether both are one file.
    func isSame(as other: Identity) -> Bool { device == other.device && inode == other.inode }

    init(_ status: stat) {
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      isFile = status.st_mode & S_IFMT == S_IFREG
    }
  }

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Opens the folder of a place, where it is told to makes it and those on the way to it. Below the root no
  /// symbolic link is followed.
  /// - Parameter mode: of the root, where it is made; less what the umask takes away.
  static func open(
    _ place: FilePlace, making: Bool = true, mode: mode_t = 0o777
  ) throws(FileTrouble) -> Folder {
    if making { try makeRoot(place.root, mode: mode) }
    let root = Glibc.open(place.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard root >= 0 else { throw FileTrouble("open the folder", place.root) }
    var folder = Folder(path: place.root, descriptor: root)
    for name in place.folders { folder = try folder.folder(name, making: making) }
    return folder
  }

  private func folder(_ name: String, making: Bool) throws(FileTrouble) -> Folder {
    let path = "\(self.path)/\(name)"
    let isNew = making && mkdirat(descriptor, name, 0o777) == 0
    if making, !isNew, errno != EEXIST { throw FileTrouble("make the folder", path) }
    let inner = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard inner >= 0 else { throw FileTrouble("open the folder", path) }
    let folder = Folder(path: path, descriptor: inner)
    if isNew { try sync() }
    return folder
  }

  private static func makeRoot(_ path: String, mode: mode_t) throws(FileTrouble) {
    if mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw FileTrouble("make the folder", path)
    }
    try makeRoot(String(path[..<slash]), mode: 0o777)
    if mkdir(path, mode) != 0, errno != EEXIST { throw FileTrouble("make the folder", path) }
  }

  /// What is called so here, not following a symbolic link; nil where nothing is.
  func identity(of name: String) -> Identity? {
    var status = stat()
    return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? Identity(status) : nil
  }

  /// Opens a file that is no symbolic link, and makes it where it is not there.
  func file(_ name: String) throws(FileTrouble) -> Int32 {
    let file = openat(descriptor, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o600)
    guard file >= 0 else { throw FileTrouble("open", "\(path)/\(name)") }
    return file
  }

  /// Gives a file a further name, or where the file system knows no such thing another name. Where a file has that
  /// name already, it stays, and that is trouble of its own kind.
  func move(_ name: String, to folder: Folder, as other: String) throws(FileTrouble) {
    if linkat(descriptor, name, folder.descriptor, other, 0) == 0 { return }
    let path = "\(folder.path)/\(other)"
    switch errno {
    case EPERM, EOPNOTSUPP, ENOSYS, EMLINK, EINVAL, EACCES: break
    default: throw FileTrouble("write", path)
    }
    if folder.identity(of: other) != nil { throw FileTrouble("write", path, errno: EEXIST) }
    if renameat(descriptor, name, folder.descriptor, other) != 0 { throw FileTrouble("write", path) }
  }

  func remove(_ name: String) { unlinkat(descriptor, name, 0) }

  /// Removes a folder in it that is empty.
  func removeEmpty(_ name: String) { unlinkat(descriptor, name, AT_REMOVEDIR) }

  /// Has the disk know the names in it.
  func sync() throws(FileTrouble) {
    // Some file systems cannot do that for folders, and say so.
    if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw FileTrouble("write the folder", path) }
  }
}
