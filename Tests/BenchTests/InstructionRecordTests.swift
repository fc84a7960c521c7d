import Foundation
import Testing

@testable import taskhook_bench

@Suite struct InstructionRecordTests {
  private let standard = InstructionRecord([.differing: 10_000, .same: 2000])

  @Test func whatIsWrittenIsReadAgain() {
    #expect(InstructionRecord(text: standard.text) == standard)
  }

  @Test(arguments: [
    "", "same 2000", "same 2000\nsame 2000", "differing 10000\nsame many", "differing 10000\nsame 0",
  ])
  func whatIsNoRecordIsRefused(_ text: String) {
    #expect(InstructionRecord(text: text) == nil)
  }

  @Test func growthUpToTheToleranceIsBorne() {
    #expect(InstructionRecord([.differing: 11_500, .same: 2300]).complaints(against: standard).isEmpty)
    #expect(InstructionRecord([.differing: 100, .same: 100]).complaints(against: standard).isEmpty)
  }

  @Test func moreIsToldWithBothNumbers() {
    #expect(
      InstructionRecord([.differing: 11_501, .same: 2000]).complaints(against: standard) == [
        "a poll, every body differs: 11501 instructions, more than 15% over the recorded 10000"
      ])
    #expect(InstructionRecord([.differing: 20_000, .same: 4000]).complaints(against: standard).count == 2)
  }

  /// The numbers that CI holds against are there.
  @Test func theRecordedOnesCanBeRead() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Benchmarks/instructions.txt")
    #expect(InstructionRecord(text: try String(contentsOf: path, encoding: .utf8)) != nil)
  }
}
