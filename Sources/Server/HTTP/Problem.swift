import Hummingbird
import Model

/// Why a request was not done, as RFC 9457 has it.
struct Problem: Error, Sendable, Equatable {
  static let contentType = "application/problem+json"

  /// What is wrong with one member of a body.
  struct Fault: Sendable, Equatable {
    /// Which member, as a JSON pointer (RFC 6901); empty for the whole.
    var pointer: String
    var detail: String
  }

  var status: Int
  /// What happened, in words, for people.
  var detail: String
  var faults: [Fault]
  /// Headers that belong to the status.
  var headers: HTTPFields

  init(_ status: Int, _ detail: String, faults: [Fault] = [], headers: HTTPFields = [:]) {
    self.status = status
    self.detail = detail
    self.faults = faults
    self.headers = headers
  }

  static func notFound(_ detail: String) -> Problem { Problem(404, detail) }
  static func badRequest(_ detail: String) -> Problem { Problem(400, detail) }

  var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("type")
      writer.string("about:blank")
      writer.key("title")
      writer.string(StatusLine.phrase(status))
      writer.key("status")
      writer.number(status)
      writer.key("detail")
      writer.string(detail)
      if !faults.isEmpty {
        writer.key("errors")
        writer.array { writer in
          for fault in faults {
            writer.object { writer in
              writer.key("pointer")
              writer.string(fault.pointer)
              writer.key("detail")
              writer.string(fault.detail)
            }
          }
        }
      }
    }
    return writer.bytes
  }
}
