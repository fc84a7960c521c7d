import Model
import Testing

@Suite struct AddressRangeTests {
  @Test(arguments: [
    ("10.0.0.0/8", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"),
    ("192.168.1.128/25", "192.168.1.128", "192.168.1.255", "192.168.1.127", "192.168.2.0"),
    ("10.0.0.5", "10.0.0.5", "10.0.0.5", "10.0.0.4", "10.0.0.6"),
    ("10.0.0.5/32", "10.0.0.5", "10.0.0.5", "10.0.0.4", "10.0.0.6"),
    ("fd00::/8", "fd00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fcff::", "fe00::"),
    ("2001:db8::/33", "2001:db8::", "2001:db8:7fff::1", "2001:db7::", "2001:db8:8000::"),
    ("::1", "::1", "::1", "::", "::2"),
    ("0.0.0.0/0", "0.0.0.0", "255.255.255.255", "::", "::ffff:1.2.3.4"),
    ("::/0", "::", "ffff::", "0.0.0.0", "1.2.3.4"),
    ("::ffff:10.0.0.0/104", "10.0.0.0", "10.255.255.255", "11.0.0.0", "::ffff:10.0.0.0"),
  ])
  func contains(range: String, first: String, last: String, before: String, after: String) throws {
    let range = try #require(AddressRange(range))
    for inside in [first, last] { #expect(range.contains(try #require(IPAddress(inside))), "\(inside)") }
    for outside in [before, after] {
      #expect(!range.contains(try #require(IPAddress(outside))), "\(outside)")
    }
  }

  @Test(arguments: [
    "10.0.0.1/8", "10.0.0.0/33", "fd00::/129", "fd00::1/64", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08",
    "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/255.0.0.0", "/8", "", "host/8", "::ffff:10.0.0.1/104",
  ])
  func refuses(text: String) { #expect(AddressRange(text) == nil) }

  @Test(arguments: [
    ("10.0.0.0/8", "10.0.0.0/8"), ("10.0.0.5/32", "10.0.0.5"), ("FD00::/8", "fd00::/8"), ("::1/128", "::1"),
    ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::ffff:10.0.0.1", "10.0.0.1"), ("0.0.0.0/0", "0.0.0.0/0"),
    ("::ffff:0:0/90", nil), ("::/0", "::/0"),
  ])
  func isWritten(text: String, written: String?) {
    #expect(AddressRange(text)?.description == written)
  }

  @Test func isMadeAroundAnAddress() throws {
    let address = try #require(IPAddress("10.1.2.3"))
    #expect(AddressRange(around: address, length: 16)?.description == "10.1.0.0/16")
    #expect(AddressRange(around: address, length: 0)?.description == "0.0.0.0/0")
    #expect(AddressRange(around: address, length: 33) == nil)
    #expect(AddressRange(around: address, length: -1) == nil)
  }
}
