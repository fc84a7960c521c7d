import Testing

@testable import HTTP

@Suite struct URLReferenceTests {
  @Test(arguments: [
    ("https://other.example/x?y=1", "https://other.example/x?y=1"),
    ("//cdn.example/x", "http://cdn.example/x"),
    ("/x/y", "http://host:8080/x/y"),
    ("x", "http://host:8080/a/x"),
    ("../x", "http://host:8080/x"),
    ("../../../x", "http://host:8080/x"),
    ("?q=2", "http://host:8080/a/b?q=2"),
    ("https://h/a/../b/./c", "https://h/b/c"),
    ("http://user:pa%40ss@h/x#part", "http://h/x"),
    ("/with a blank?and=one more", "http://host:8080/with%20a%20blank?and=one+more"),
    ("/kept%20as%2Fit?is=%2b+%7E~", "http://host:8080/kept%20as%2Fit?is=%2b+%7E~"),
    ("HTTPS://H/", "https://H/"),
    ("http://169.254.169.254/latest", "http://169.254.169.254/latest"),
    ("ftp://h/x", nil), ("file:///etc/passwd", nil), ("gopher://h/", nil), ("javascript:alert(1)", nil),
    ("http://", nil), ("http://h:99999/", nil), ("http://a b/", nil), ("/x\ry", nil), ("/x\0y", nil),
    ("", nil),
  ])
  func resolves(reference: String, target: String?) {
    let base = "http://me:secret@host:8080/a/b?q=1#part"
    #expect(URLReference.resolve(reference, against: base) == target)
  }

  /// Newer libcurls write the letters of such numbers large.
  @Test func encodesWhatIsBeyondASCII() {
    let target = URLReference.resolve("/größe", against: "https://host/")
    #expect(target?.lowercased() == "https://host/gr%c3%b6%c3%9fe")
  }

  @Test func needsABase() {
    #expect(URLReference.resolve("/x", against: "nonsense") == nil)
    #expect(URLReference.resolve("/x", against: "") == nil)
  }
}
