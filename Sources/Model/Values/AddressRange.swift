/// All addresses that begin with the same bits: `10.0.0.0/8` (RFC 4632 section 3.1, RFC 4291 section 2.3).
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
  /// The lowest address.
  package let first: IPAddress
  /// How many bits they share.
  package let length: Int

  /// The range of this length that an address lies in; nil where an address has fewer bits.
  package init?(around address: IPAddress, length: Int) {
    guard (0...address.width).contains(length) else { return nil }
    // IPv4-mapped addresses are held as what they stand for, so that one spelling of a range is as good as the other.
    if length >= 96, case .v4(let bits) = address.unmapped, case .v6 = address {
      self.length = length - 96
      first = .v4(Self.cut(bits, to: length - 96))
    } else {
      self.length = length
      switch address {
      case .v4(let bits): first = .v4(Self.cut(bits, to: length))
      case .v6(let bits): first = .v6(Self.cut(bits, to: length))
      }
    }
  }

  /// Reads `ADDRESS/LENGTH`, or an address that stands for itself alone. Nil where it is neither, or has bits set
  /// after its first `LENGTH`.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
    var length = address.width
    if parts.count == 2 {
      guard let number = Int(parts[1]), String(number) == parts[1] else { return nil }
      length = number
    }
    self.init(around: address, length: length)
    guard first == address.unmapped || first == address else { return nil }
  }

  package func contains(_ address: IPAddress) -> Bool {
    switch (first, address) {
    case (.v4(let first), .v4(let bits)): Self.cut(bits, to: length) == first
    case (.v6(let first), .v6(let bits)): Self.cut(bits, to: length) == first
    default: false
    }
  }

  /// `10.0.0.0/8`; a single address without its length.
  package var description: String { length == first.width ? "\(first)" : "\(first)/\(length)" }

  private static func cut<Bits: FixedWidthInteger>(_ bits: Bits, to length: Int) -> Bits {
    bits & (Bits.max << (Bits.bitWidth - length))
  }
}
