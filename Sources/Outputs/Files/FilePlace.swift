/// Where a file is, or shall be: below a folder that the config names, and nowhere else.
struct FilePlace: Sendable, Hashable {
  /// Absolute; may be a symbolic link itself.
  let root: String
  /// Each a plain name.
  let folders: [String]
  let name: String

  init(root: String, folders: [String] = [], name: String) {
    self.root = root
    self.folders = folders
    self.name = name
  }

  /// Of a path below `root`; nil where it is none, or not written plainly.
  init?(path: String, below root: String) {
    let prefix = root.hasSuffix("/") ? root : root + "/"
    guard path.utf8.starts(with: prefix.utf8) else { return nil }
    var parts = String(decoding: path.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
      .split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), let last = parts.popLast() else {
      return nil
    }
    self.init(root: root, folders: parts, name: last)
  }

  var path: String {
    (root.hasSuffix("/") ? root : root + "/") + (folders + [name]).joined(separator: "/")
  }

  func named(_ name: String) -> FilePlace { FilePlace(root: root, folders: folders, name: name) }
}
