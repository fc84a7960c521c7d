import Config
import Model
import Testing

@testable import Server

@Suite struct ServerSectionTests {
  private func read(_ text: String) -> (section: ServerSection?, errors: [String]) {
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(
      Array("server: \(text)".utf8), name: "c.yaml", folder: "/", environment: ["T": "token-0123456789"],
      diagnostics: diagnostics)
    return (root?["server"]?.read(ServerSection.self), diagnostics.errors.map(\.description))
  }

  @Test func defaults() throws {
    let (section, errors) = read("{}")
    let server = try #require(section)
    #expect(errors.isEmpty)
    #expect(server.listen == ListenAddress(host: "127.0.0.1", port: 8787) && server.token == nil)
    #expect(server.hosts.isEmpty && server.callbackPlaces.isEmpty)
    #expect(server.proxy == ProxySettings(sharesKey: false, fresh: nil))
  }

  @Test func everythingIsRead() throws {
    let (section, errors) = read(
      """
      {listen: "0.0.0.0:80", token: "${T}", hosts: [hooks.example.com], callbacks: {allow: [10.0.0.0/8]},
        proxy: {share_key: true, fresh: 2s}}
      """)
    let server = try #require(section)
    #expect(errors.isEmpty)
    #expect(server.listen == ListenAddress(host: "0.0.0.0", port: 80))
    #expect(server.token == Secret("token-0123456789"))
    #expect(server.hosts.map(\.description) == ["hooks.example.com"])
    #expect(server.callbackPlaces.map(\.description) == ["10.0.0.0/8"])
    #expect(server.proxy == ProxySettings(sharesKey: true, fresh: .seconds(2)))
  }

  @Test(arguments: ["0.0.0.0:8787", "10.1.2.3:80", "[::]:8787", "[2001:db8::1]:80"])
  func whereOthersCanReachItATokenIsNeeded(listen: String) {
    let (section, errors) = read("{listen: \"\(listen)\"}")
    #expect(section == nil)
    #expect(
      errors.count == 1 && errors[0].contains("server.listen") && errors[0].contains("token"), "\(errors)")
    #expect(read("{listen: \"\(listen)\", token: \"${T}\"}").errors.isEmpty)
  }

  @Test(arguments: [
    ("{listen: 8787}", "no address to listen on"),
    ("{listen: \"example.com:80\"}", "no address to listen on"),
    ("{tokn: x}", "did you mean \"token\""), ("{proxy: {share_key: maybe}}", "share_key"),
    ("{callbacks: {allow: [\"http://10.0.0.1/\"]}}", "is a URL"), ("[1]", "a mapping"),
  ])
  func mistakesAreTold(text: String, message: String) {
    let errors = read(text).errors
    #expect(errors.contains { $0.contains(message) && $0.hasPrefix("c.yaml:1:") }, "\(errors)")
  }
}
