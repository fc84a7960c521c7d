/// What an address is for. All but `global` are outside the public Internet, or lead out of it.
package enum AddressKind: String, Sendable {
  case global = "a public address"
  case loopback = "a loopback address"
  case unspecified = "the unspecified address"
  case privateUse = "a private address"
  case shared = "a carrier-grade NAT address"
  case linkLocal = "a link-local address"
  case metadata = "a cloud's metadata address"
  case multicast = "a multicast address"
  case broadcast = "the broadcast address"
  case documentation = "a documentation address"
  case benchmarking = "a benchmarking address"
  case tunnel = "a tunnel's address"
  case reserved = "a reserved address"

  /// Looked up in IANA's special-purpose registries (RFC 6890, RFC 8190; as of 2025-10-09): what they do not call
  /// globally reachable is not `global`. IPv4 in IPv6 is judged by the address inside as well.
  package init(of address: IPAddress) {
    let address = address.unmapped
    if let inside = address.tunnelled.map({ AddressKind(of: .v4($0)) }), inside != .global {
      self = inside
      return
    }
    switch address {
    case .v4: self = Self.find(address, in: Self.ipv4) ?? .global
    case .v6: self = Self.find(address, in: Self.ipv6) ?? .reserved
    }
  }

  private static func find(_ address: IPAddress, in table: [Line]) -> AddressKind? {
    table.first { $0.range.contains(address) }?.kind
  }

  struct Line {
    let range: AddressRange
    let kind: AddressKind

    init(_ range: String, _ kind: AddressKind) {
      guard let range = AddressRange(range) else { preconditionFailure("\(range) is no range") }
      self.range = range
      self.kind = kind
    }
  }

  /// The first line that fits counts; where none does an address is public.
  static let ipv4 = [
    // The hosts that clouds put beside each machine. The first is used by nearly all of them.
    Line("169.254.169.254", .metadata),
    Line("100.100.100.200", .metadata),  // Alibaba Cloud
    Line("168.63.129.16", .metadata),  // Azure's WireServer; the registry knows nothing of it
    Line("0.0.0.0", .unspecified),  // RFC 1122 section 3.2.1.3; Linux connects it to loopback
    Line("0.0.0.0/8", .reserved),  // "this network", RFC 791 section 3.2
    Line("10.0.0.0/8", .privateUse),  // RFC 1918
    Line("100.64.0.0/10", .shared),  // RFC 6598
    Line("127.0.0.0/8", .loopback),  // RFC 1122 section 3.2.1.3
    Line("169.254.0.0/16", .linkLocal),  // RFC 3927
    Line("172.16.0.0/12", .privateUse),  // RFC 1918
    // IETF protocols, RFC 6890 section 2.1. The anycast addresses in it that are globally reachable, 192.0.0.9
    // and .10, belong to the nearest NAT and relay (RFC 7723, RFC 8155), and none serves HTTP.
    Line("192.0.0.0/24", .reserved),
    Line("192.0.2.0/24", .documentation),  // RFC 5737
    Line("192.88.99.0/24", .tunnel),  // relays of 6to4, deprecated by RFC 7526
    Line("192.168.0.0/16", .privateUse),  // RFC 1918
    Line("198.18.0.0/15", .benchmarking),  // RFC 2544
    Line("198.51.100.0/24", .documentation),  // RFC 5737
    Line("203.0.113.0/24", .documentation),  // RFC 5737
    Line("224.0.0.0/4", .multicast),  // RFC 5771
    Line("255.255.255.255", .broadcast),  // RFC 919 section 7
    Line("240.0.0.0/4", .reserved),  // RFC 1112 section 4
  ]

  /// The first line that fits counts; where none does an address is reserved: IANA gives public addresses out of
  /// 2000::/3 alone (RFC 4291 section 2.4, and the IPv6 address space registry).
  static let ipv6 = [
    Line("fd00:ec2::254", .metadata),  // Amazon
    Line("fd20:ce::254", .metadata),  // Google
    Line("::", .unspecified),  // RFC 4291 section 2.5.2
    Line("::1", .loopback),  // RFC 4291 section 2.5.3
    Line("::/96", .reserved),  // IPv4-compatible, deprecated by RFC 4291 section 2.5.5.1
    Line("64:ff9b::/96", .global),  // NAT64, RFC 6052; the address inside was judged before
    Line("64:ff9b:1::/48", .privateUse),  // NAT64 of one network, RFC 8215
    Line("100::/64", .reserved),  // discarded, RFC 6666
    Line("100:0:0:1::/64", .reserved),  // dummy prefix, RFC 9780
    Line("2001::/32", .tunnel),  // Teredo, RFC 4380
    Line("2001:2::/48", .benchmarking),  // RFC 5180
    // IETF protocols, RFC 2928: the rest of 2001::/23, also the few in it that are globally reachable (anycast
    // of PCP, TURN, SRP; AMT, AS112, ORCHIDv2, DRIP): none serves HTTP.
    Line("2001::/23", .reserved),
    Line("2001:db8::/32", .documentation),  // RFC 3849
    Line("3fff::/20", .documentation),  // RFC 9637
    Line("2000::/3", .global),  // RFC 4291 section 2.4; 6to4's addresses inside were judged before
    Line("5f00::/16", .reserved),  // segment identifiers, RFC 9602
    Line("fc00::/7", .privateUse),  // RFC 4193
    Line("fe80::/10", .linkLocal),  // RFC 4291 section 2.5.6
    Line("fec0::/10", .privateUse),  // site-local, deprecated by RFC 3879
    Line("ff00::/8", .multicast),  // RFC 4291 section 2.7
  ]
}
