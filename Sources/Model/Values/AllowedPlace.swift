/// A place outside the public Internet that requests may reach all the same.
package enum AllowedPlace: Sendable, Hashable, CustomStringConvertible {
  /// These addresses, whatever the name was that led there. IPv4 addresses are taken in their IPv4-mapped form,
  /// too, and in no other form within IPv6.
  case addresses(AddressRange)
  /// Whatever addresses these names have: who allows a name trusts whoever answers for it.
  case hosts(HostPattern)

  package var description: String {
    switch self {
    case .addresses(let range): range.description
    case .hosts(let pattern): pattern.description
    }
  }
}

/// One name (`hooks.internal`), or all names below one, at any depth and without itself (`*.internal`).
package struct HostPattern: Sendable, Hashable, CustomStringConvertible {
  /// In small letters, without the dot at the end.
  private let name: String
  private let coversBelow: Bool

  /// Reads a name as RFC 1123 section 2.1 has it, and an underscore, which is seen in names that only a local
  /// network knows. Nil where it is none: an internationalised name must stand in its `xn--` form, and what ends
  /// in a number is an address.
  package init?(_ text: some StringProtocol) {
    coversBelow = text.hasPrefix("*.")
    name = Self.canonical(coversBelow ? text.dropFirst(2) : text[...])
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard name.utf8.count <= 253, labels.allSatisfy(Self.isLabel), let last = labels.last,
      !Self.isNumber(last)
    else { return nil }
  }

  /// Whether a host's name, in any case and with or without the dot at its end, is meant.
  package func matches(_ host: String) -> Bool {
    let host = Self.canonical(host[...])
    guard coversBelow else { return host == name }
    return host.hasSuffix("." + name) && host.utf8.count > name.utf8.count + 1
  }

  package var description: String { coversBelow ? "*." + name : name }

  private static func canonical(_ text: some StringProtocol) -> String {
    let small = text.lowercased()
    return small.hasSuffix(".") ? String(small.dropLast()) : small
  }

  private static func isLabel(_ label: Substring) -> Bool {
    guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-" else { return false }
    return label.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }

  /// What clients read as the last part of an IPv4 address: `1`, `0x7f`.
  private static func isNumber(_ label: Substring) -> Bool {
    label.allSatisfy(\.isNumber) || (label.hasPrefix("0x") && label.dropFirst(2).allSatisfy(\.isHexDigit))
  }
}
