/// `512B 64KiB 10MiB 2GiB 1TiB`: bytes in powers of 1024.
package enum SizeText {
  package static let expected = "one whole number and a unit (B, KiB, MiB, GiB, TiB), such as 64KiB"

  static let units = UnitText(
    noun: "size", units: [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)],
    synonyms: [
      "byte": "B", "bytes": "B", "k": "KiB", "kb": "KiB", "ki": "KiB", "m": "MiB", "mb": "MiB", "mi": "MiB",
      "g": "GiB", "gb": "GiB", "gi": "GiB", "t": "TiB", "tb": "TiB", "ti": "TiB",
    ], usual: "B")

  /// In bytes.
  package static func parse(_ text: String) throws(TextProblem) -> Int {
    let (count, unit) = try units.parse(text)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: unit)
    if overflow { throw TextProblem("is too large; 8388607TiB is the largest") }
    return Int(bytes)
  }

  /// A number of bytes as it would be written.
  package static func write(_ bytes: Int) -> String { units.write(Int64(bytes)) }
}
