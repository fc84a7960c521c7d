import Foundation
import Testing

@testable import taskhook_bench

@Suite struct FigureBlocksTests {
  private static let document = """
    Prose.

    <!-- figures: polls -->

    | old |

    <!-- /figures -->

    More prose.

    <!-- figures: start -->
    <!-- /figures -->

    """

  @Test func oneBlockIsReplacedAndAllElseStays() {
    let new = FigureBlocks.replacing("polls", with: "\n| new |\n\ntext\n\n", in: Self.document)
    #expect(new == Self.document.replacingOccurrences(of: "| old |", with: "| new |\n\ntext"))
  }

  @Test func anEmptyBlockIsFilled() {
    let new = FigureBlocks.replacing("start", with: "| new |", in: Self.document)
    #expect(
      new
        == Self.document.replacingOccurrences(
          of: "<!-- figures: start -->\n", with: "<!-- figures: start -->\n\n| new |\n\n"))
  }

  @Test func theSameFiguresAgainChangeNothing() {
    #expect(FigureBlocks.replacing("polls", with: "| old |", in: Self.document) == Self.document)
  }

  @Test func aBlockThatIsMissingOrHasNoEndIsNotWritten() {
    #expect(FigureBlocks.replacing("pace", with: "| new |", in: Self.document) == nil)
    #expect(FigureBlocks.replacing("polls", with: "| new |", in: "<!-- figures: polls -->\ntext\n") == nil)
    let open = Self.document.replacingOccurrences(of: "| old |\n\n<!-- /figures -->", with: "| old |")
    #expect(FigureBlocks.replacing("polls", with: "| new |", in: open) == nil)
  }

  /// The README has a block for each measurement, in the bench's order, and none beside them.
  @Test func theREADMEHasABlockForEachMeasurement() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../README.md")
    let readme = try String(contentsOf: path, encoding: .utf8)
    #expect(FigureBlocks.names(in: readme) == Measurement.allCases.map(\.rawValue))
    for name in FigureBlocks.names(in: readme) {
      let new = try #require(FigureBlocks.replacing(name, with: "| probe |", in: readme), "\(name)")
      #expect(new != readme)
    }
  }
}
