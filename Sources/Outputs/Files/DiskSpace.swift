import Config
import Foundation

/// How much a file system has, and has left for those who are not root.
struct DiskSpace: Sendable, Equatable {
  var total: Int64
  var free: Int64

  init(total: Int64, free: Int64) {
    self.total = total
    self.free = free
  }

  /// Nil where the system does not tell.
  init?(ofDescriptor descriptor: Int32) {
    var status = statvfs()
    guard fstatvfs(descriptor, &status) == 0 else { return nil }
    let block = Int64(clamping: status.f_frsize)
    total = Int64(clamping: status.f_blocks).multipliedReportingOverflow(by: block).partialValue
    free = Int64(clamping: status.f_bavail).multipliedReportingOverflow(by: block).partialValue
  }

  /// What stays free whatever comes: 5% of all, at most 1 GiB.
  var reserve: Int64 { min(1 << 30, total / 20) }

  /// What may be written.
  var usable: Int64 { max(0, free - reserve) }
}
