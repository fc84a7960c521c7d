import Config
import Model

/// The secrets that a source writes into a request of its own.
enum RequestSecrets {
  /// The values of headers, where they are written out, and all that came from outside the file: into headers, the
  /// URL and the body. There shorter texts are words, such as the name of a model.
  static func read(_ request: ConfigNode?) -> [Secret] {
    guard let request else { return [] }
    let headers = request["headers"]?.entries.map(\.value) ?? []
    let written = headers.compactMap { node -> Secret? in
      guard let text = node.text, (try? Template(text))?.places.isEmpty == true else { return nil }
      return Secret(text, parts: node.parts)
    }
    let foreign = (headers + [request["url"], request["body"]].compactMap(\.self)).flatMap(parts)
    return written + foreign.filter { $0.utf8.count >= 8 }.map { Secret($0) }
  }

  private static func parts(of node: ConfigNode) -> [String] {
    node.parts + node.items.flatMap(parts) + node.entries.flatMap { parts(of: $0.value) }
  }
}
