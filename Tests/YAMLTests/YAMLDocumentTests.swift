import Testing
import YAML

@Suite struct YAMLDocumentTests {
  @Test(arguments: [
    ("", "nothing"),
    ("# only a comment\n", "nothing"),
    ("---\n", "null@2:1"),
    ("a: 1", "{a@1:1: 1@1:4}"),
    ("a: '5'\nb: \"x\\ty\"\nc: plain text", "{a@1:1: \"5\"@1:4, b@2:1: \"x\ty\"@2:4, c@3:1: plain text@3:4}"),
    ("on: off\nyes: no", "{on@1:1: off@1:5, yes@2:1: no@2:6}"),
    (
      "a: |\n  two\n  lines\nb: >-\n  folded\n  text",
      "{a@1:1: \"two\\nlines\\n\"@1:4, b@4:1: \"folded text\"@4:4}"
    ),
    (
      "a: ~\nb:\nc: null\nd: 'null'\ne: NULL",
      "{a@1:1: null@1:4, b@2:1: null@2:3, c@3:1: null@3:4, d@4:1: \"null\"@4:4, e@5:1: null@5:4}"
    ),
    ("- a\n- [b, {c: d}]", "[a@1:3, [b@2:4, {c@2:8: d@2:11}]]"),
    // Columns count characters, not bytes; a byte order mark is none.
    ("\u{FEFF}é: {日本: x, 😀: y}", "{é@1:1: {日本@1:5: x@1:9, 😀@1:12: y@1:15}}"),
    // Lines end as editors see them.
    ("a: 1\r\nb: 2\rc: 3", "{a@1:1: 1@1:4, b@2:1: 2@2:4, c@3:1: 3@3:4}"),
    ("a: \"x\u{2028}y\"\nb: 2", "{a@1:1: \"x\u{2028}y\"@1:4, b@2:1: 2@2:4}"),
  ])
  func everyNodeKnowsItsPlace(text: String, tree: String) {
    let document = read(text)
    #expect(document.errors.isEmpty)
    #expect(render(document.root) == tree)
  }

  @Test(arguments: [
    ("a: &x 5\nb: *x", "{a@1:1: 5@1:7, b@2:1: 5@1:7}"),
    ("a: &x # why\n  k: v\nb: *x", "{a@1:1: {k@2:3: v@2:6}, b@3:1: {k@2:3: v@2:6}}"),
    ("a: &x {k: v}\nb:\n  <<: *x\n  l: w", "{a@1:1: {k@1:8: v@1:11}, b@2:1: {l@4:3: w@4:6, k@1:8: v@1:11}}"),
    // The mapping's own keys win, then the first of several merged.
    (
      "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}",
      "{a@1:1: {x@1:8: 1@1:11, y@1:14: 1@1:17}, b@2:1: {y@2:8: 2@2:11, z@2:14: 2@2:17}, "
        + "c@3:1: {x@3:19: 3@3:22, y@1:14: 1@1:17, z@2:14: 2@2:17}}"
    ),
    // Merges of merges.
    (
      "a: &a {x: 1}\nb: &b {<<: *a}\nc: {<<: *b}",
      "{a@1:1: {x@1:8: 1@1:11}, b@2:1: {x@1:8: 1@1:11}, c@3:1: {x@1:8: 1@1:11}}"
    ),
    ("a: {<<: {x: 1}}", "{a@1:1: {x@1:10: 1@1:13}}"),
    ("a: {<<: ~}", "{a@1:1: {}}"),
    // In quotes it is a key like any other.
    ("a: {'<<': 1}", "{a@1:1: {<<@1:5: 1@1:11}}"),
    // An anchor may be set anew.
    ("a: &x 1\nb: &x 2\nc: *x", "{a@1:1: 1@1:7, b@2:1: 2@2:7, c@3:1: 2@2:7}"),
    ("a: &x\nb: *x", "{a@1:1: null@1:4, b@2:1: null@1:4}"),
    ("a: &x k\n*x : v", "{a@1:1: k@1:7, k@1:7: v@2:6}"),
  ])
  func aliasesAndMergesKeepTheirPlace(text: String, tree: String) {
    let document = read(text)
    #expect(document.errors.isEmpty)
    #expect(render(document.root) == tree)
  }
}
