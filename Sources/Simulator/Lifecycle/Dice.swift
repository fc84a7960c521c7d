import Foundation

/// A stream of random numbers that depends on nothing but what it was made from: the same seed, purpose, key
/// and number give the same stream on every machine and Swift version. SplitMix64 (Steele, Lea, Flood 2014)
/// over an FNV-1a hash.
struct Dice {
  private var state: UInt64

  init(seed: UInt64, _ purpose: StaticString, _ key: String = "", _ number: Int = 0) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func absorb(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    purpose.withUTF8Buffer { for byte in $0 { absorb(byte) } }
    absorb(0)
    for byte in key.utf8 { absorb(byte) }
    absorb(0)
    for shift in stride(from: 0, to: 64, by: 8) { absorb(UInt8(truncatingIfNeeded: number >> shift)) }
    state = Self.mix(seed) ^ hash
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// From 0 up to, not including, 1.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func fraction(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + fraction() * (range.upperBound - range.lowerBound)
  }

  /// From 0 up to, not including, `count`, which is above zero.
  mutating func index(below count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

  mutating func chance(_ share: Double) -> Bool { fraction() < share }

  mutating func pick<T>(_ choices: [T]) -> T { choices[index(below: choices.count)] }

  /// One of the choices, each as likely as its weight; the weights are not all zero.
  mutating func pick<T>(weighted choices: [(T, weight: Int)]) -> T {
    var left = index(below: choices.reduce(0) { $0 + $1.weight })
    for choice in choices {
      left -= choice.weight
      if left < 0 { return choice.0 }
    }
    return choices[choices.count - 1].0
  }

  /// From the normal distribution with mean 0 and deviation 1 (Box and Muller).
  mutating func normal() -> Double {
    (-2 * log(1 - fraction())).squareRoot() * cos(2 * .pi * fraction())
  }

  /// A random UUID (RFC 9562, version 4).
  mutating func uuid() -> String {
    let high = (next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
    let low = (next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    let hex = Array((Self.hex(high) + Self.hex(low)).utf8)
    let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return groups.map { String(decoding: hex[$0], as: UTF8.self) }.joined(separator: "-")
  }

  /// 16 digits.
  static func hex(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  private static func mix(_ word: UInt64) -> UInt64 {
    var word = word
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
