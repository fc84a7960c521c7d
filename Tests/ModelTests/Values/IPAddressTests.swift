import Model
import Testing

@Suite struct IPAddressTests {
  @Test(arguments: [
    ("127.0.0.1", IPAddress.v4(0x7F00_0001)), ("255.255.255.255", .v4(.max)), ("0.0.0.0", .v4(0)),
    ("::", .v6(0)), ("::1", .v6(1)), ("fd00:ec2::254", .v6(0xFD00_0EC2 << 96 | 0x254)),
    ("::ffff:127.0.0.1", .v6(0xFFFF_7F00_0001)),
  ])
  func reads(text: String, address: IPAddress) {
    #expect(IPAddress(text) == address)
    #expect(address.description == text)
  }

  @Test func writesTheUsualSpelling() {
    #expect(IPAddress("FD00:0EC2:0:0:0:0:0:0254")?.description == "fd00:ec2::254")
    #expect(IPAddress("::FFFF:7F00:1")?.description == "::ffff:127.0.0.1")
  }

  @Test(arguments: [
    "", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.01", "127.0.0.1.", "127.0.0.256",
    " 127.0.0.1",
    "127.0.0.1 ", "[::1]", "::1%lo", ":::", "1::2::3", "localhost", "127.0.0.1\u{0}", "١٢٧.0.0.1",
  ])
  func refuses(text: String) { #expect(IPAddress(text) == nil) }

  @Test(arguments: [
    ("::ffff:10.0.0.1", "10.0.0.1"), ("10.0.0.1", "10.0.0.1"), ("::1", "::1"), ("::10.0.0.1", "::a00:1"),
    ("::ffff:0:10.0.0.1", "::ffff:0:a00:1"),
  ])
  func unmaps(text: String, address: String) throws {
    #expect(try #require(IPAddress(text)).unmapped == IPAddress(address))
  }

  @Test(arguments: [
    ("64:ff9b::10.0.0.1", "10.0.0.1"), ("2002:a00:1::", "10.0.0.1"), ("2002:a00:1:ffff::1", "10.0.0.1"),
    ("2606:4700::5efe:10.0.0.1", "10.0.0.1"), ("2606:4700::200:5efe:10.0.0.1", "10.0.0.1"),
    ("fe80::5efe:10.0.0.1", "10.0.0.1"), ("64:ff9b::1:10.0.0.1", nil), ("2606:4700::100:5efe:10.0.0.1", nil),
    ("2003:a00:1::", nil), ("10.0.0.1", nil), ("::1", nil),
  ])
  func seesIntoTunnels(text: String, inside: String?) throws {
    let tunnelled = try #require(IPAddress(text)).tunnelled
    #expect(tunnelled.map { IPAddress.v4($0) } == inside.flatMap { IPAddress($0) })
  }
}
