import Testing
import YAML

@Suite struct YAMLErrorTests {
  @Test(arguments: [
    ("a:\n\tb: 1", "2:1: a tab cannot indent YAML; use spaces"),
    ("a:\n  b: 1\n\tc: 2", "3:1: a tab cannot indent YAML; use spaces"),
    ("a:\n  b: 1\n \tc: 2", "3:2: a tab cannot indent YAML; use spaces"),
    ("a:\n  - 1\n\t- 2", "3:1: a tab cannot indent YAML; use spaces"),
    ("\ta: 1", "1:1: a tab cannot indent YAML; use spaces"),
    ("a:\n\t- b", "2:1: a tab cannot indent YAML; use spaces"),
    ("a: |\n\ttext", "2:1: a tab cannot indent YAML; use spaces"),
    (
      "a: 1\nb: 2\na: 3\nb: 4",
      "3:1: repeated key; it is first at 1:1\n4:1: repeated key; it is first at 2:1"
    ),
    ("a: {b: 1, b: 2}", "1:11: repeated key; it is first at 1:5"),
    ("a: &x {}\nb: {<<: *x, <<: *x}", "2:13: repeated key; it is first at 2:5"),
    ("? [a]\n: b", "1:3: a key must be a text, not a list or mapping"),
    ("{a: b}: c", "1:1: a key must be a text, not a list or mapping"),
    (": a", "1:1: expected a key here; is this line indented as the ones above it (1:1)?"),
    ("'': a", "1:1: a key is missing before this \":\""),
    ("a: !!str 5", "1:4: tags (\"!…\") are not supported; write the value alone"),
    (
      "a: !x {b: !y c}",
      "1:4: tags (\"!…\") are not supported; write the value alone\n1:11: tags (\"!…\") are not supported; write the value alone"
    ),
    ("a: 1\n---\nb: 2", "2:1: a second document begins here; a file holds one"),
    ("a: 1\n...\n---\nb: 2", "3:1: a second document begins here; a file holds one"),
    ("a: *x", "1:4: the alias *x has no anchor before it"),
    ("a: &x [*x]", "1:8: the alias *x stands within its own anchor"),
    ("a: &x {b: {<<: *x}}", "1:16: the alias *x stands within its own anchor"),
    ("a: {<<: 5}", "1:9: \"<<\" merges a mapping or a list of mappings, nothing else"),
    ("a: {<<: [{b: 1}, 5]}", "1:18: \"<<\" merges a mapping or a list of mappings, nothing else"),
    (
      "a: b: c",
      "1:5: \": \" is not allowed here: quote a value that holds it, or check the indentation of this line"
    ),
    ("a: 'open", "1:4: the quote that opens here is never closed"),
    ("a: \"open\nb: 2", "1:4: the quote that opens here is never closed"),
    (
      "a: \"\\x\"",
      "1:7: not an escape: within double quotes a backslash is written \\\\; or use single quotes"
    ),
    ("a: @b", "1:4: a value cannot begin with \"@\"; put it in quotes"),
    ("a: `b`", "1:4: a value cannot begin with \"`\"; put it in quotes"),
    ("a: %b", "1:4: a value cannot begin with \"%\"; put it in quotes"),
    ("a: [1, 2", "1:9: expected \",\" or \"]\" here: \"[\" was opened at 1:4"),
    ("a: [1, 2\nb: 3", "2:2: expected \",\" or \"]\" here: \"[\" was opened at 1:4"),
    ("a: {b: 1", "1:9: expected \",\" or \"}\" here: \"{\" was opened at 1:4"),
    ("a: [1}", "1:6: expected \",\" or \"]\" here: \"[\" was opened at 1:4"),
    ("a: [${X}]", "1:6: within [ ] or { }, a value with ${…} must be put in quotes"),
    ("a: {b: ${X}}", "1:9: within [ ] or { }, a value with ${…} must be put in quotes"),
    ("a: {{id}}", "1:5: a key must be a text, not a list or mapping"),
    (
      "a: 1\n b: 2",
      "2:3: \": \" is not allowed here: quote a value that holds it, or check the indentation of this line"
    ),
    (
      "a:\n    b: 1\n  c: 2",
      "3:3: expected a key here; is this line indented as the ones above it (1:1)?"
    ),
    ("a:\n  - 1\n  b: 2", "3:3: expected \"- \" here, as in the list that begins at 2:3"),
    ("a: - 1", "1:4: a list's \"- \" is not allowed here; begin it on a line of its own"),
    ("a: 1\nb\nc: 2", "2:1: a colon and a space are missing after this key"),
    ("a: 1\nb", "2:1: a colon and a space are missing after this key"),
    ("a: *", "1:4: a name must follow \"&\" or \"*\"; put a value that begins so in quotes"),
    ("a: & b", "1:4: a name must follow \"&\" or \"*\"; put a value that begins so in quotes"),
    ("%YAML 3.0\n---\na: 1", "1:1: only YAML 1.1 and 1.2 can be read"),
    ("a: |x\n", "1:5: did not find expected comment or line break, while scanning a block scalar"),
    ("]", "1:1: a value is missing here"),
    ("- a\nb: c", "2:1: expected \"- \" here, as in the list that begins at 1:1"),
    ("a: !<x", "1:4: tags (\"!…\") are not supported"),
    ("a: b\n- c", "2:1: expected a key here; is this line indented as the ones above it (1:1)?"),
    (
      "a: \"x\" y",
      "1:8: this cannot follow the value before it; should the whole value be in quotes?"
    ),
    (
      "a: *x y",
      "1:4: the alias *x has no anchor before it\n1:7: this cannot follow the value before it; should the whole value be in quotes?"
    ),
    ("a: &x *y", "1:7: this cannot follow the value before it; should the whole value be in quotes?"),
    ("--- a\n--- b", "2:1: a second document begins here; a file holds one"),
    (
      "a: # c\n  b\n c: d",
      "3:3: \": \" is not allowed here: quote a value that holds it, or check the indentation of this line"
    ),
    ("key: value\nother:value\n", "2:1: a colon and a space are missing after this key"),
    (
      "key: [a, b]]\n",
      "1:12: this cannot follow the value before it; should the whole value be in quotes?"
    ),
    (
      "key: 'it's'\n",
      "1:10: this cannot follow the value before it; should the whole value be in quotes?"
    ),
  ])
  func everyMistakeIsPlacedAndExplained(text: String, errors: String) {
    #expect(read(text).errors.map(\.description).joined(separator: "\n") == errors)
  }
}
