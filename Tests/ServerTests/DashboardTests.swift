import Foundation
import Server
import Testing

@Suite struct DashboardTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/Server/Dashboard/Files").standardizedFileURL

  private static let scripts = Dashboard.files.filter { $0.path.hasSuffix(".js") }

  private static func text(_ file: Dashboard.File) -> String { String(decoding: file.bytes, as: UTF8.self) }

  @Test func everyFileIsServedAsItWasWritten() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    let served = Dashboard.files.map { $0.path == "/" ? "index.html" : String($0.path.dropFirst(11)) }
    #expect(served.sorted() == names.sorted())
    for (name, file) in zip(served, Dashboard.files) {
      #expect(try Data(contentsOf: Self.folder.appending(path: name)) == Data(file.bytes), "\(name)")
      #expect(Dashboard.file(at: file.path)?.bytes == file.bytes)
    }
    #expect(Dashboard.file(at: "/dashboard/") == nil && Dashboard.file(at: "/dashboard/../app.js") == nil)
  }

  @Test func allOfItIsSmall() {
    #expect(Dashboard.files.reduce(0) { $0 + $1.bytes.count } < 64 << 10)
  }

  /// What the page and its scripts load is there, and nothing comes from another place.
  @Test func itLoadsOnlyItsOwnFiles() throws {
    let page = Self.text(try #require(Dashboard.file(at: "/")))
    let loaded = page.matches(of: /(?:src|href)="(\/[^"]*)"/).map { String($0.1) }
    #expect(loaded.sorted() == ["/dashboard/app.js", "/dashboard/icon.svg", "/dashboard/style.css"])
    for path in loaded { #expect(Dashboard.file(at: path) != nil, "\(path)") }
    #expect(page.matches(of: /(?:src|href)="[^"]*"/).count == loaded.count + 1, "and the way to the content")
    var imported: Set = ["/dashboard/app.js"]
    for script in Self.scripts {
      let text = Self.text(script)
      for match in text.matches(of: /from '\.\/([a-z]+\.js)'/) {
        #expect(Dashboard.file(at: "/dashboard/\(match.1)") != nil, "\(script.path) imports \(match.1)")
        imported.insert("/dashboard/\(match.1)")
      }
      #expect(text.matches(of: /\bfrom '/).count == text.matches(of: /from '\.\//).count, "\(script.path)")
    }
    #expect(imported == Set(Self.scripts.map(\.path)), "no script is there for nothing")
  }

  /// The policy forbids these, and so does the page: data is text, and never markup or code.
  @Test func nothingMakesMarkupOrCodeOfData() throws {
    for script in Self.scripts {
      for word in [
        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "Function(",
        "srcdoc", "javascript:", "createContextualFragment",
      ] {
        #expect(!Self.text(script).contains(word), "\(word) in \(script.path)")
      }
    }
    let page = Self.text(try #require(Dashboard.file(at: "/")))
    #expect(page.firstMatch(of: /<style|\bstyle=|\bon[a-z]+=|<script(?![^>]*\bsrc=)/) == nil)
  }

  @Test func thePolicyLetsOnlyItsOwnScriptsRun() throws {
    let policy = try #require(Dashboard.headers.first { $0.name == "content-security-policy" }).value
    let rules = policy.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(rules.contains("default-src 'none'") && rules.contains("script-src 'self'"))
    #expect(rules.contains("style-src 'self'") && rules.contains("connect-src 'self'"))
    #expect(rules.contains("frame-ancestors 'none'"))
    #expect(!policy.contains("unsafe") && !policy.contains("*"))
  }
}
