import Hummingbird
import Model

/// All operations, and how a request finds its own.
struct API: Sendable {
  static let operations: [Operation] =
    TaskOperations.all + DeliveryOperations.all + HookOperations.all + StatusOperations.all
    + EventOperations.all + [document]

  private static let document = Operation(
    method: .get, path: "/openapi.json", id: "openapi", summary: "This document.",
    outcomes: [.json(200, "OpenAPI 3.1.", .object([], isOpen: true))]
  ) { _, _ in
    Answer(200, headers: [.contentType: "application/json"], content: .bytes(documentBytes))
  }

  private static let documentBytes = OpenAPIDocument.bytes(of: operations)

  enum Match {
    case operation(Operation, arguments: [String])
    /// The path is known, but not with this method.
    case otherMethod(allowed: [String])
    case none
  }

  private struct Route {
    let operation: Operation
    /// Nil for a path parameter, which takes any one segment.
    let segments: [String?]
  }

  private let routes: [Route]

  init(_ operations: [Operation] = operations) {
    routes = operations.map { operation in
      Route(
        operation: operation,
        segments: operation.path.split(separator: "/", omittingEmptySubsequences: false)
          .map { $0.hasPrefix("{") ? nil : String($0) })
    }
  }

  /// - Parameter path: percent-encoded, as it came. Segments are told apart before they are decoded: an id may have a
  ///   slash in it. HEAD finds what GET does.
  func match(_ method: HTTPRequest.Method, _ path: Substring) throws(Problem) -> Match {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    var fitting: [(route: Route, arguments: [String])] = []
    for route in routes where route.segments.count == parts.count {
      guard let arguments = try Self.arguments(route, parts) else { continue }
      fitting.append((route, arguments))
    }
    // `/v1/deliveries/replay` is a path of its own, though its last part could be an id.
    let fewest = fitting.map(\.arguments.count).min()
    fitting.removeAll { $0.arguments.count != fewest }
    if fitting.isEmpty { return .none }
    let wanted = method == .head ? .get : method
    if let found = fitting.first(where: { $0.route.operation.method == wanted }) {
      return .operation(found.route.operation, arguments: found.arguments)
    }
    return .otherMethod(
      allowed: fitting.flatMap { found in
        let method = found.route.operation.method
        return method == .get ? ["GET", "HEAD"] : [method.rawValue]
      })
  }

  private static func arguments(_ route: Route, _ parts: [Substring]) throws(Problem) -> [String]? {
    var arguments: [String] = []
    for (segment, part) in zip(route.segments, parts) {
      guard let text = PercentDecoding.decode(part) else {
        throw .badRequest("The path is not percent-encoded UTF-8.")
      }
      if let segment {
        if segment != text { return nil }
      } else {
        if text.isEmpty { return nil }
        arguments.append(text)
      }
    }
    return arguments
  }
}
