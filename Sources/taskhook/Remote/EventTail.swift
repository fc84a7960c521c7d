import Foundation
import HTTP
import Model
import Synchronization

/// Follows a daemon's event stream (https://html.spec.whatwg.org/multipage/server-sent-events.html), over breaks of
/// the connection: no event is told twice, and none is left out.
struct EventTail {
  let client: ControlClient

  /// Between two tries to connect.
  private static let pause: Duration = .seconds(2)

  func follow(after row: Int64?, _ each: (RecordedEvent) throws -> Void) async throws {
    var last = row
    var isLost = false
    while true {
      let (lines, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
      let sink = LineSink { continuation.yield($0) }
      let from = last
      let request = Task { [client] in
        do {
          try await client.stream(
            "/v1/events", query: [],
            headers: [HTTPHeader("accept", "text/event-stream")]
              + (from.map { [HTTPHeader("last-event-id", String($0))] } ?? []), into: sink)
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      defer { request.cancel() }
      do {
        try await withTaskCancellationHandler {
          var message = Message()
          for try await line in lines {
            isLost = false
            if let (id, data) = message.take(line) {
              try each(try RemoteReading.event(JSONDocument(data).root, row: id))
            }
            // The stream begins with a number that has no data: from there on nothing is missed.
            if line.isEmpty { last = message.id ?? last }
          }
        } onCancel: {
          request.cancel()
        }
      } catch let failure as Failure where failure.status == .unavailable && last != nil {
        // One that was reached before comes back.
        if !isLost { StandardError.say("taskhook: \(failure.message); trying again") }
        isLost = true
      }
      try Task.checkCancellation()
      try await Task.sleep(for: Self.pause)
    }
  }

  /// The lines of one message as they come.
  struct Message {
    private(set) var id: Int64?
    private var data: [UInt8] = []

    /// The message's number and data where the line ends it.
    mutating func take(_ line: [UInt8]) -> (id: Int64, data: [UInt8])? {
      if line.isEmpty {
        defer { data = [] }
        return data.isEmpty ? nil : id.map { ($0, data) }
      }
      let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
      var value = line[colon...].dropFirst()
      if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
      switch String(decoding: line[..<colon], as: UTF8.self) {
      case "id": id = Int64(String(decoding: value, as: UTF8.self)) ?? id
      case "data":
        if !data.isEmpty { data.append(UInt8(ascii: "\n")) }
        data += value
      default: break
      }
      return nil
    }
  }
}

/// Cuts a body into its lines.
private final class LineSink: BodySink {
  private let rest = Mutex<[UInt8]>([])
  private let line: @Sendable ([UInt8]) -> Void

  init(_ line: @escaping @Sendable ([UInt8]) -> Void) { self.line = line }

  func begin(_ status: Int, _ headers: HTTPHeaders) -> Bool { status == 200 }

  func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let lines = rest.withLock { rest in
      rest += bytes
      var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
      rest = lines.removeLast()
      return lines
    }
    for bytes in lines { line(bytes.last == UInt8(ascii: "\r") ? Array(bytes.dropLast()) : bytes) }
    return true
  }
}
