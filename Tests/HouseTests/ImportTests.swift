import Foundation
import Testing

/// Imports go one way: each room may import what stands in its line, and nothing else.
@Suite struct ImportTests {
  private static let everywhere: Set<String> = ["Foundation", "Synchronization", "Dispatch", "Glibc"]

  /// From the ground up. `taskhook` alone knows every room; no leaf knows another.
  private static let table: [String: Set<String>] = [
    "CCurl": [],
    "CLinux": [],
    "CYAML": [],
    "Model": ["Crypto"],
    "YAML": ["CYAML"],
    "Config": ["Model", "YAML"],
    "HTTP": ["Model", "CCurl", "HeapModule"],
    "Providers": ["Model", "Config"],
    "Storage": ["Model", "GRDB", "GRDBSQLite", "DequeModule"],
    "Templates": ["Model", "Config", "Mustache"],
    "Hooks": ["Model", "CLinux", "Config", "Templates", "Crypto"],
    "Simulator": ["Model", "Hummingbird", "HummingbirdCore", "Logging"],
    "Watching": ["Model", "Config", "Logging", "DequeModule", "HeapModule"],
    "Delivering": ["Model", "Config", "Logging", "DequeModule"],
    "Outputs": ["Model", "Config", "Templates", "Crypto", "Logging"],
    "Server": [
      "Model", "Config", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore", "NIOPosix", "NIOHTTP1",
      "NIOHTTPTypes", "NIOHTTPTypesHTTP1",
    ],
    "taskhook-bench": ["Model", "Providers", "Storage", "Watching", "Hummingbird", "Logging"],
    "taskhook": [
      "Model", "Config", "HTTP", "Providers", "Storage", "Hooks", "Outputs", "Simulator", "Watching",
      "Delivering", "Server",
      "ArgumentParser", "Logging", "ServiceLifecycle", "UnixSignals",
    ],
  ]

  private static let sources = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("../../Sources").standardizedFileURL

  @Test func everyRoomIsInTheTable() throws {
    let rooms = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
      .filter { !$0.contains(".") }
    #expect(Set(rooms) == Set(Self.table.keys))
  }

  @Test(arguments: table.keys.sorted())
  func importsFollowTheTable(room: String) throws {
    let allowed = try #require(Self.table[room]).union(Self.everywhere)
    let folder = Self.sources.appendingPathComponent(room)
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for name in Self.imports(in: text) {
        #expect(allowed.contains(name), "\(room)/\(file.lastPathComponent) imports \(name)")
      }
    }
  }

  @Test func importsAreFound() {
    let text = "import A\n@testable import B\npackage import struct C.D\n// import E\nlet f = \"import G\""
    #expect(Self.imports(in: text) == ["A", "B", "C"])
  }

  private static func imports(in text: String) -> [String] {
    let words: Set<Substring> = [
      "struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor",
    ]
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ")
      guard let place = parts.firstIndex(of: "import"),
        parts[..<place].allSatisfy({
          $0.hasPrefix("@") || ["package", "public", "internal", "private", "fileprivate"].contains($0)
        })
      else { return nil }
      let names = parts[(place + 1)...].drop { words.contains($0) }
      return names.first.map { String($0.prefix { $0 != "." }) }
    }
  }
}
