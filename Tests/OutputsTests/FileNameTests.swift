import Testing

@testable import Outputs

@Suite struct FileNameTests {
}
