import Foundation
import Server
import Testing

@Suite struct DashboardTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/Server/Dashboard/Files").standardizedFileURL

  private static let scripts = Dashboard.pages.paths.filter { $0.hasSuffix(".js") }

  private static func text(_ path: String) throws -> String {
    String(decoding: try #require(Dashboard.pages.file(at: path), "\(path)").bytes, as: UTF8.self)
  }

  @Test func everyFileIsServedAsItWasWritten() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    let paths = names.map { $0 == "index.html" ? "/" : "/dashboard/\($0)" }
    #expect(Dashboard.pages.paths == paths.sorted())
    for (name, path) in zip(names, paths) {
      let served = try #require(Dashboard.pages.file(at: path), "\(path)")
      #expect(try Data(contentsOf: Self.folder.appending(path: name)) == Data(served.bytes), "\(name)")
    }
  }

  @Test func allOfItIsSmall() {
    let bytes = Dashboard.pages.paths.compactMap { Dashboard.pages.file(at: $0)?.bytes.count }
    #expect(bytes.reduce(0, +) < 64 << 10)
  }

  /// What the page and its scripts load is there, and nothing comes from another place.
  @Test func itLoadsOnlyItsOwnFiles() throws {
    let page = try Self.text("/")
    let loaded = page.matches(of: /(?:src|href)="([^"]*)"/).map { String($0.1) }
    #expect(loaded.sorted() == ["/dashboard/app.js", "/dashboard/icon.svg", "/dashboard/style.css"])
    var imported: Set = ["/dashboard/app.js"]
    for path in Self.scripts {
      let text = try Self.text(path)
      for match in text.matches(of: /from '\.\/([a-z]+\.js)'/) { imported.insert("/dashboard/\(match.1)") }
      #expect(text.matches(of: /\bfrom '/).count == text.matches(of: /from '\.\//).count, "\(path)")
      #expect(!text.contains("import("), "\(path)")
    }
    #expect(imported == Set(Self.scripts), "none is missing, and none is there for nothing")
  }

  /// The policy forbids these, and so does the page: data is text, and never markup or code.
  @Test func nothingMakesMarkupOrCodeOfData() throws {
    for path in Self.scripts {
      let text = try Self.text(path)
      for word in [
        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "Function(",
        "srcdoc", "javascript:", "createContextualFragment",
      ] {
        #expect(!text.contains(word), "\(word) in \(path)")
      }
    }
    let page = try Self.text("/")
    #expect(page.firstMatch(of: /<style|\bstyle=|\bon[a-z]+=|<script(?![^>]*\bsrc=)/) == nil)
  }

  @Test func thePolicyLetsOnlyItsOwnScriptsRun() {
    let policy = StaticFiles.policy
    let rules = policy.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(rules.contains("default-src 'none'") && rules.contains("script-src 'self'"))
    #expect(rules.contains("style-src 'self'") && rules.contains("connect-src 'self'"))
    #expect(rules.contains("frame-ancestors 'none'"))
    #expect(!policy.contains("unsafe") && !policy.contains("*"))
  }
}
