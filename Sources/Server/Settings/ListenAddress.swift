import Config
import Model

/// `127.0.0.1:8787`, `[::1]:8787`, `0.0.0.0:80`: an IP address, or `localhost`, and a port; 0 for any free one.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// Without brackets.
  package var host: String
  package var port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  package static let standard = ListenAddress(host: "127.0.0.1", port: 8787)

  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      return nil
    }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard host.contains(":") else { return nil }
    } else if host.contains(":") {
      return nil
    }
    guard host == "localhost" || IPAddress(host) != nil else { return nil }
    self.init(host: host, port: Int(port))
  }

  package var isLoopback: Bool {
    host == "localhost" || IPAddress(host).map { AddressKind(of: $0) == .loopback } ?? false
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension ValueType where Value == ListenAddress {
  static var listenAddress: ValueType<ListenAddress> {
    ValueType<String>.string.described(
      summary: "address and port", expected: "an IP address and a port, such as 127.0.0.1:8787",
      example: "127.0.0.1:8787"
    ).refine { text, node in
      if let address = ListenAddress(text) { return address }
      node.fail(
        "\(node.shown) is no address to listen on",
        expected: "an IP address and a port, such as 127.0.0.1:8787")
      return nil
    }
  }
}
