import Testing

@testable import Server

@Suite struct ListenAddressTests {
  @Test(arguments: [
    ("127.0.0.1:8787", "127.0.0.1", 8787), ("[::1]:0", "::1", 0), ("localhost:80", "localhost", 80),
    ("0.0.0.0:65535", "0.0.0.0", 65535),
  ])
  func addressesAreRead(text: String, host: String, port: Int) {
    #expect(ListenAddress(text) == ListenAddress(host: host, port: port))
    #expect(ListenAddress(text)?.description == text)
  }

  @Test(arguments: [
    "8787", ":8787", "::1:8787", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:65536", "example.com:80",
    "[127.0.0.1]:1",
  ])
  func othersAreNone(text: String) { #expect(ListenAddress(text) == nil) }

  @Test func loopbackIsTold() {
    #expect(ListenAddress("127.9.9.9:1")?.isLoopback == true)
    #expect(ListenAddress("[::1]:1")?.isLoopback == true)
    #expect(ListenAddress("0.0.0.0:1")?.isLoopback == false)
    #expect(ListenAddress("10.0.0.1:1")?.isLoopback == false)
  }
}
