/// Whether there is room for one file: on the disk that its part file is on, and within its source's limit.
final class FileRoom: Sendable {
  private let file: FileKey
  private let disk: DiskRoom
  private let target: TargetRoom?
  private let space: @Sendable (PartFile) -> DiskSpace?

  /// What a file of unknown length is reckoned to take yet.
  private static let step: Int64 = 16 << 20

  /// - Parameter space: what is left on the part file's disk.
  init(
    for file: FileKey, on disk: DiskRoom, within target: TargetRoom?,
    space: @escaping @Sendable (PartFile) -> DiskSpace? = { $0.space }
  ) {
    self.file = file
    self.disk = disk
    self.target = target
    self.space = space
  }

  deinit { release() }

  /// Why there is none; nil where there is, or where nobody can tell. What is asked for is reserved.
  func refusal(of part: PartFile, kept: Int64, length: Int64?) -> String? {
    if let refusal = target?.reserve(length ?? kept, for: file) { return refusal }
    guard let space = space(part) else { return nil }
    let left = length.map { max(0, $0 - kept) } ?? Self.step
    return disk.reserve(left, for: file, device: part.device, space: space)
  }

  /// The file is in its target.
  func finish(bytes: Int64) {
    target?.finish(file, bytes: bytes)
    disk.release(file)
  }

  func release() {
    target?.release(file)
    disk.release(file)
  }
}
