import Foundation

/// An address of the Internet Protocol, without a zone and without a port.
package enum IPAddress: Sendable, Hashable, CustomStringConvertible {
  case v4(UInt32)
  case v6(UInt128)

  /// Reads an address as it is written by the book: four decimal numbers without leading zeros, or RFC 4291
  /// section 2.2. Brackets, zones, and what else `inet_aton` takes (`127.1`, `0x7f000001`) are refused.
  package init?(_ text: some StringProtocol) {
    var four = in_addr()
    var six = in6_addr()
    if text.utf8.contains(0) { return nil }
    if inet_pton(AF_INET, String(text), &four) == 1 {
      self.init(four)
    } else if inet_pton(AF_INET6, String(text), &six) == 1 {
      self.init(six)
    } else {
      return nil
    }
  }

  /// The system's form of an IPv4 address.
  package init(_ address: in_addr) { self = .v4(UInt32(bigEndian: address.s_addr)) }

  /// The system's form of an IPv6 address.
  package init(_ address: in6_addr) {
    self = .v6(withUnsafeBytes(of: address) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) })
  }

  /// 32 or 128.
  package var width: Int {
    switch self {
    case .v4: 32
    case .v6: 128
    }
  }

  /// The usual spelling (RFC 5952 for IPv6).
  package var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    switch self {
    case .v4(let bits):
      var address = bits.bigEndian
      inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
    case .v6(let bits):
      var address = bits.bigEndian
      inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The address that packets go to: of an IPv4-mapped one (`::ffff:127.0.0.1`, RFC 4291 section 2.5.5.2) the
  /// IPv4 address in it, since a socket connects there by IPv4; else the address itself.
  package var unmapped: IPAddress {
    if case .v6(let bits) = self, bits >> 32 == 0xFFFF { return .v4(UInt32(truncatingIfNeeded: bits)) }
    return self
  }

  /// The IPv4 address to which a gateway or tunnel passes on what is sent to this IPv6 address, where it is
  /// of a form that has one in it.
  package var tunnelled: UInt32? {
    guard case .v6(let bits) = self else { return nil }
    let last = UInt32(truncatingIfNeeded: bits)
    // NAT64 by the well-known prefix 64:ff9b::/96 (RFC 6052 section 2.1). One with a prefix of its operator's own
    // looks like any other address.
    if bits >> 32 == 0x0064_FF9B << 64 { return last }
    // 6to4, 2002::/16 (RFC 3056 section 2).
    if bits >> 112 == 0x2002 { return UInt32(truncatingIfNeeded: bits >> 80) }
    // ISATAP: the interface is 0:5efe or 200:5efe and the address, after any prefix (RFC 5214 section 6.1).
    let interface = UInt32(truncatingIfNeeded: bits >> 32)
    return interface & ~0x0200_0000 == 0x0000_5EFE ? last : nil
  }
}
