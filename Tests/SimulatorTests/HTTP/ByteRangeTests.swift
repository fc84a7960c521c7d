import Testing

@testable import Simulator

@Suite struct ByteRangeTests {
  @Test(
    arguments: [
      (nil, .whole), ("bytes=0-0", .part(0..<1)), ("bytes=0-", .part(0..<100)),
      ("bytes=10-19", .part(10..<20)),
      ("Bytes=10-19", .part(10..<20)), ("bytes= 10 - 19 ", .part(10..<20)),
      ("bytes=90-1000", .part(90..<100)),
      ("bytes=99-", .part(99..<100)), ("bytes=100-", .unsatisfiable), ("bytes=-10", .part(90..<100)),
      ("bytes=-1000", .part(0..<100)), ("bytes=-0", .unsatisfiable), ("bytes=20-10", .whole),
      ("bytes=0-1,5-6", .whole), ("lines=0-1", .whole), ("bytes=a-b", .whole), ("bytes=-", .whole),
      ("bytes=", .whole), ("bytes=1", .whole), ("bytes=+1-2", .whole),
      ("bytes=0-99999999999999999999999", .part(0..<100)), ("bytes=99999999999999999999999-", .unsatisfiable),
      ("bytes=-99999999999999999999999", .part(0..<100)),
    ] as [(String?, ByteRange)])
  func rangesAreReadAsTheRFCHasThem(header: String?, expected: ByteRange) {
    #expect(ByteRange(header, length: 100) == expected)
  }

  @Test func anEmptyFileHasNoParts() {
    #expect(ByteRange("bytes=0-", length: 0) == .unsatisfiable)
    #expect(ByteRange("bytes=-1", length: 0) == .unsatisfiable)
  }
}
