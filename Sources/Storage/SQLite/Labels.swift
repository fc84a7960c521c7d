import Foundation
import GRDB
import Model
import Synchronization

/// Labels as they are stored: a JSON object, or NULL where there are none.
///
/// Many tasks carry the same few labels, so what was read is kept for a while and shared.
final class Labels: Sendable {
  private static let most = 1000
  private let read = Mutex<[String: [String: String]]>([:])

  static func text(_ labels: [String: String]) -> String? {
    if labels.isEmpty { return nil }
    var writer = JSONWriter()
    writer.strings(labels)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  func parse(_ text: String?) throws -> [String: String] {
    guard let text else { return [:] }
    if let labels = read.withLock({ $0[text] }) { return labels }
    guard let labels = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8)) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "labels are no JSON object of strings")
    }
    read.withLock { read in
      if read.count >= Self.most { read.removeAll() }
      read[text] = labels
    }
    return labels
  }
}
