import Model
import Testing

@testable import Hooks

/// Credentials of a webhook in the words in which a receiver may send them back.
@Suite struct WebhookMaskTests {
  private static let settings = WebhookSettings(
    url: SecretURL("https://example.com/hooks/ab12cd34"),
    headers: [("Authorization", Secret("Token a/b+c")), ("X-Key", Secret("key/with/slashes"))],
    authorization: .bearer(Secret("bearer/to\"ken")))

  @Test(arguments: [
    #"{"got":"bearer\/to\"ken"}"#, "bearer%2Fto%22ken", "bearer/to\"ken", #"key\/with\/slashes"#,
    "key%2Fwith%2Fslashes",
    "a/b+c", #"a\/b+c"#, "no hook ab12cd34",
  ])
  func eachFormIsHidden(text: String) {
    let shown = Self.settings.mask.apply(to: text)
    #expect(shown.contains("***"), "\(shown)")
    for part in ["to", "with", "b+c", "ab12"] where text.contains(part) {
      #expect(!shown.contains(part), "\(shown)")
    }
  }
}
