import Testing
import YAML

@Suite struct YAMLDocumentTests {
  @Test func empty() { #expect(YAMLDocument([]).root == nil) }
}
