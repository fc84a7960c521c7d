import Config
import Model

/// Keeps a file in a folder.
struct FolderTarget: Sendable {
  private let run: OutputRun
  private let root: String
  /// Beside the place where the file will be, as far as that is known; or where it was begun.
  let partPlace: FilePlace

  init(_ run: OutputRun, root: String) {
    self.run = run
    self.root = root
    if case .partial(let partial) = run.save.files[run.index],
      let place = FilePlace(path: partial.path, below: root), place.name == run.partName
    {
      partPlace = place
    } else {
      partPlace = FilePlace(root: root, folders: run.names.name(of: run.index).folders, name: run.partName)
    }
  }

  /// A file that is saved by what the store says: whether it is; nil where it has to be fetched anew.
  func resume(_ file: SavedFile) async throws(SaveFailure) -> SavedFile? {
    // Where `save_to` was another the copy stays where it is.
    guard let place = FilePlace(path: file.path, below: root) else {
      guard let elsewhere = FilePlace(path: file.path, below: "/") else { return file }
      return Self.has(elsewhere, bytes: file.bytes) ? file : nil
    }
    guard let folder = try? Folder.open(place, making: false) else { return nil }
    let copy = folder.identity(of: place.name)
    guard let left = folder.identity(of: run.partName), left.isFile else {
      return copy?.isFile == true && copy?.size == file.bytes ? file : nil
    }
    if copy?.isSame(as: left) == true {
      folder.remove(run.partName)
      return file
    }
    // The part file has not got its name yet.
    guard left.size == file.bytes else { return nil }
    let part = PartFile(place.named(run.partName))
    do throws(FileTrouble) { _ = try part.open() } catch { throw .failed(reason: error.description) }
    run.names.learn(file.contentType, of: run.index)
    let room = FileRoom(for: run.key, on: run.workshop.disk, within: run.site.room)
    return try await keep(
      WholeFile(bytes: file.bytes, sha256: file.sha256, contentType: file.contentType, room: room), part)
  }

  private static func has(_ place: FilePlace, bytes: Int64) -> Bool {
    let copy = (try? Folder.open(place, making: false))?.identity(of: place.name)
    return copy?.isFile == true && copy?.size == bytes
  }

  /// Gives the file its name.
  func keep(_ whole: WholeFile, _ part: PartFile) async throws(SaveFailure) -> SavedFile {
    defer { part.close() }
    run.names.learn(whole.contentType, of: run.index)
    return try await run.keep(as: { place($0).path }) { (name, path) async throws(SaveFailure) in
      let place = place(name)
      if (try? Folder.open(place, making: false))?.identity(of: place.name) != nil { return nil }
      let file = whole.saved(from: run.output.url, at: path)
      try await run.note(.saved(file))
      guard try await publish(part, as: place) else { return nil }
      whole.room.finish(bytes: whole.bytes)
      return file
    }
  }

  private func place(_ name: String) -> FilePlace {
    var parts = name.split(separator: "/").map(String.init)
    let last = parts.popLast() ?? "_"
    return FilePlace(root: root, folders: parts, name: last)
  }

  /// Seconds for which a name is tried to be given where the system is short of something.
  private static let patience = 60

  /// False where another file has got the place meanwhile.
  private func publish(_ part: PartFile, as place: FilePlace) async throws(SaveFailure) -> Bool {
    var seconds = 0
    while true {
      do throws(FileTrouble) {
        try await Blocking.run { _ throws(FileTrouble) in try part.publish(as: place) }
        return true
      } catch {
        if error.kind == .exists { return false }
        guard error.kind == .passing, seconds < Self.patience else {
          throw .failed(reason: error.description)
        }
        seconds += 1
        try await run.workshop.sleep(.seconds(1))
      }
    }
  }
}
