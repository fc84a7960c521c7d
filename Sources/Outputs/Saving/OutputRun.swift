import Model

/// The saving of one output: fetched into its part file, then brought to its target. What was done before a stop or a
/// crash is taken up.
///
/// The order in which things are written down makes each crash harmless. Bytes are in the part file, which the store
/// knows by then. Once it is whole and on the disk, the store is told that it *is* saved, where and with which sum;
/// then it gets its name. A crash between the two is seen at the next start: the file is not where it is said to be,
/// the part file still there, and gets its name then.
struct OutputRun: Sendable {
  let workshop: Workshop
  let site: Site
  let save: PendingSave
  let index: Int
  let names: CopyNames
  let renewals: Renewals

  var output: TaskOutput { save.outputs[index] }
  var key: FileKey { FileKey(row: save.row, output: index) }
  var partName: String { PartName.of(save.ref, output: index) }

  func run() async throws(SaveFailure) -> SavedFile {
    let turn = Turn(site.slots)
    defer { turn.end() }
    do { try await turn.begin() } catch { throw .stopped }
    switch site.target {
    case .folder(let root):
      let target = FolderTarget(self, root: root)
      if case .saved(let file) = save.files[index], let file = try await target.resume(file) { return file }
      let part = PartFile(target.partPlace)
      return try await target.keep(try await fetch(into: part, turn), part)
    case .bucket(let requests):
      let part = PartFile(FilePlace(root: workshop.partsFolder, name: partName), rootMode: 0o700)
      let target = S3Target(self, requests: requests, part: part, turn: turn)
      if case .saved(let file) = save.files[index] {
        target.forgetPart()
        return file
      }
      try await target.abortOldUpload()
      return try await target.keep(try await fetch(into: part, turn))
    }
  }

  /// What is known of the part file, where it is of this place.
  func partial(at place: FilePlace) -> PartialFile? {
    guard case .partial(let partial) = save.files[index], partial.path == place.path else { return nil }
    return partial
  }

  private func fetch(into part: PartFile, _ turn: Turn) async throws(SaveFailure) -> WholeFile {
    let room = FileRoom(for: key, on: workshop.disk, within: site.room)
    await site.room?.refresh(at: workshop.time.now)
    return try await Download(run: self, part: part, room: room, turn: turn).run()
  }

  /// Gives the file the first of its names that is free: its own, or one with a number.
  /// - Parameters:
  ///   - path: of a name in the target.
  ///   - keep: keeps the file under a name that no other output's copy has, and path; nil where it cannot have it.
  func keep(
    as path: (_ name: String) -> String,
    _ keep: (_ name: String, _ path: String) async throws(SaveFailure) -> SavedFile?
  ) async throws(SaveFailure) -> SavedFile {
    let name = names.name(of: index)
    var number = names.number(of: index)
    while true {
      let numbered = name.numbered(number)
      let place = path(numbered)
      if workshop.claims.claim(place) {
        defer { workshop.claims.release(place) }
        if try await !isOthers(place), let file = try await keep(numbered, place) {
          workshop.claims.gave(number, of: name.path)
          return file
        }
      }
      number = workshop.claims.number(after: number, of: name.path)
    }
  }

  /// Whether the copy of another output has this path, or will have it.
  private func isOthers(_ path: String) async throws(SaveFailure) -> Bool {
    let owner = try await workshop.persist { () async throws(StoreError) in
      try await workshop.store.owner(ofFile: path)
    }
    return owner.map { $0.task != save.ref || $0.output != index } ?? false
  }

  /// Gives the place back while it waits.
  func pause(_ duration: Duration, _ turn: Turn) async throws(SaveFailure) {
    if duration > .zero {
      turn.end()
      try await workshop.sleep(duration)
    }
    do { try await turn.begin() } catch { throw .stopped }
  }

  func note(_ progress: SaveProgress) async throws(SaveFailure) {
    try await workshop.persist { () async throws(StoreError) in
      try await workshop.store.note(progress, of: index, task: save.row)
    }
  }
}

/// An output's file that has come whole.
struct WholeFile: Sendable {
  var bytes: Int64
  var sha256: String
  var contentType: String?
  var validator: String?
  /// What its target has reserved for it, until this goes.
  var room: FileRoom

  func saved(from url: String, at path: String) -> SavedFile {
    SavedFile(url: url, path: path, bytes: bytes, sha256: sha256, contentType: contentType)
  }
}
