import Testing

@testable import Model

/// What is public and what is not. The first and the last address of each range, and their neighbours outside.
@Suite struct AddressKindTests {
  @Test(arguments: [
    ("0.0.0.0", AddressKind.unspecified), ("0.0.0.1", .reserved), ("0.255.255.255", .reserved),
    ("1.0.0.0", .global),
    ("9.255.255.255", .global), ("10.0.0.0", .privateUse), ("10.255.255.255", .privateUse),
    ("11.0.0.0", .global),
    ("100.63.255.255", .global), ("100.64.0.0", .shared), ("100.127.255.255", .shared),
    ("100.128.0.0", .global),
    ("126.255.255.255", .global), ("127.0.0.0", .loopback), ("127.0.0.1", .loopback),
    ("127.255.255.255", .loopback), ("128.0.0.0", .global),
    ("169.253.255.255", .global), ("169.254.0.0", .linkLocal), ("169.254.255.255", .linkLocal),
    ("169.255.0.0", .global),
    ("172.15.255.255", .global), ("172.16.0.0", .privateUse), ("172.31.255.255", .privateUse),
    ("172.32.0.0", .global),
    ("191.255.255.255", .global), ("192.0.0.0", .reserved), ("192.0.0.9", .reserved),
    ("192.0.0.170", .reserved),
    ("192.0.0.255", .reserved), ("192.0.1.0", .global),
    ("192.0.2.0", .documentation), ("192.0.2.255", .documentation), ("192.0.3.0", .global),
    ("192.31.196.1", .global), ("192.52.193.1", .global), ("192.175.48.1", .global),
    ("192.88.98.255", .global), ("192.88.99.0", .tunnel), ("192.88.99.255", .tunnel),
    ("192.88.100.0", .global),
    ("192.167.255.255", .global), ("192.168.0.0", .privateUse), ("192.168.255.255", .privateUse),
    ("192.169.0.0", .global),
    ("198.17.255.255", .global), ("198.18.0.0", .benchmarking), ("198.19.255.255", .benchmarking),
    ("198.20.0.0", .global),
    ("198.51.99.255", .global), ("198.51.100.0", .documentation), ("198.51.100.255", .documentation),
    ("198.51.101.0", .global),
    ("203.0.112.255", .global), ("203.0.113.0", .documentation), ("203.0.113.255", .documentation),
    ("203.0.114.0", .global),
    ("223.255.255.255", .global), ("224.0.0.0", .multicast), ("239.255.255.255", .multicast),
    ("240.0.0.0", .reserved), ("255.255.255.254", .reserved), ("255.255.255.255", .broadcast),
    ("169.254.169.254", .metadata), ("100.100.100.200", .metadata), ("168.63.129.16", .metadata),
    ("168.63.129.15", .global), ("168.63.129.17", .global), ("8.8.8.8", .global),
  ])
  func ipv4(text: String, kind: AddressKind) throws {
    let address = try #require(IPAddress(text))
    #expect(AddressKind(of: address) == kind)
    // The same within IPv6, in whatever form a packet would get there.
    guard case .v4(let bits) = address else { return }
    let inside = UInt128(bits)
    #expect(AddressKind(of: .v6(0xFFFF << 32 | inside)) == kind, "IPv4-mapped")
    #expect(AddressKind(of: .v6(0x0064_FF9B << 96 | inside)) == kind, "NAT64")
    #expect(AddressKind(of: .v6(0x2002 << 112 | inside << 80 | 1)) == kind, "6to4")
    #expect(AddressKind(of: .v6(0x2606_4700 << 96 | 0x5EFE << 32 | inside)) == kind, "ISATAP")
    #expect(AddressKind(of: .v6(inside)) != .global, "IPv4-compatible")
    #expect(AddressKind(of: .v6(0xFFFF << 48 | inside)) == .reserved, "IPv4-translated, RFC 2765")
    #expect(AddressKind(of: .v6(0x0064_FF9B_0001 << 80 | inside)) == .privateUse, "NAT64 of one network")
    #expect(
      AddressKind(of: .v6(0x2001_0000 << 96 | inside << 64 | ~inside & 0xFFFF_FFFF)) == .tunnel, "Teredo")
  }

  @Test(arguments: [
    ("::", AddressKind.unspecified), ("::1", .loopback), ("::2", .reserved), ("::ffff", .reserved),
    ("0:0:0:1::", .reserved), ("64:ff9a:ffff::1", .reserved), ("64:ff9b::1:0:0", .reserved),
    ("64:ff9b:1::", .privateUse), ("64:ff9b:1:ffff:ffff:ffff:ffff:ffff", .privateUse),
    ("64:ff9b:2::", .reserved),
    ("100::", .reserved), ("100:0:0:1::1", .reserved), ("200::1", .reserved), ("1fff:ffff::", .reserved),
    ("2000::", .global),
    ("2001::", .tunnel), ("2001:0:ffff:ffff:ffff:ffff:ffff:ffff", .tunnel), ("2001:1::1", .reserved),
    ("2001:2::", .benchmarking), ("2001:2:0:ffff::", .benchmarking), ("2001:2:1::", .reserved),
    ("2001:10::", .reserved), ("2001:20::", .reserved), ("2001:1ff:ffff::", .reserved),
    ("2001:200::", .global),
    ("2001:db7:ffff::", .global), ("2001:db8::", .documentation), ("2001:db8:ffff:ffff::", .documentation),
    ("2001:db9::", .global), ("2001:4860:4860::8888", .global), ("2606:4700:4700::1111", .global),
    ("2620:4f:8000::1", .global),
    ("3ffe:ffff::", .global), ("3fff::", .documentation), ("3fff:fff:ffff::", .documentation),
    ("3fff:1000::", .global), ("3fff:ffff::", .global), ("4000::", .reserved),
    ("5f00::", .reserved), ("8000::", .reserved), ("fbff:ffff::", .reserved),
    ("fc00::", .privateUse), ("fd00::1", .privateUse), ("fdff:ffff::", .privateUse), ("fe00::", .reserved),
    ("fe7f:ffff::", .reserved), ("fe80::", .linkLocal), ("febf:ffff::", .linkLocal), ("fec0::", .privateUse),
    ("feff:ffff::", .privateUse), ("ff00::", .multicast), ("ff02::1", .multicast),
    ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .multicast),
    ("fd00:ec2::254", .metadata), ("fd00:ec2::253", .privateUse), ("fd20:ce::254", .metadata),
  ])
  func ipv6(text: String, kind: AddressKind) throws {
    #expect(AddressKind(of: try #require(IPAddress(text))) == kind)
  }

  /// A line after one that covers it would never count.
  @Test(arguments: [AddressKind.ipv4, AddressKind.ipv6])
  func everyLineCounts(table: [AddressKind.Line]) {
    for (index, line) in table.enumerated() {
      for earlier in table[..<index] where earlier.range.length <= line.range.length {
        #expect(!earlier.range.contains(line.range.first), "\(line.range) after \(earlier.range)")
      }
    }
  }
}
