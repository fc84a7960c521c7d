import Testing

@testable import HTTP

@Suite struct HeaderBlockTests {
  private func take(_ lines: [String], into block: inout HeaderBlock) -> Bool {
    lines.allSatisfy { line in Array(line.utf8).withUnsafeBytes { block.take($0) } }
  }

  @Test(arguments: [
    // A plain answer.
    (["HTTP/1.1 200 OK\r\n", "A: 1\r\n", "B: 2\r\n", "\r\n"], "A: 1\r\nB: 2\r\n"),
    // Interim answers come before it.
    (
      ["HTTP/1.1 103 Early\r\n", "Link: x\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "A: 1\r\n", "\r\n"], "A: 1\r\n"
    ),
    // Trailers come after it, even one that looks like a status line.
    (
      ["HTTP/1.1 200 OK\r\n", "A: 1\r\n", "\r\n", "T: 1\r\n", "HTTP/1.1 200 OK\r\n", "A: 2\r\n"], "A: 1\r\n"
    ),
    // HTTP/2 has no reason phrase, and a careless server no CR.
    (["HTTP/2 200 \r\n", "a: 1\n", "\n"], "a: 1\r\n"),
    (["HTTP/1.1 204\r\n", "\r\n"], ""),
  ])
  func keepsTheFinalBlock(lines: [String], raw: String) {
    var block = HeaderBlock()
    #expect(take(lines, into: &block))
    #expect(String(decoding: block.finish(), as: UTF8.self) == raw)
    #expect(!block.begun)
  }

  @Test func endsAtTheLimit() {
    var block = HeaderBlock()
    let line = "X: " + String(repeating: "x", count: 1019) + "\r\n"
    #expect(take(["HTTP/1.1 200 OK\r\n"] + Array(repeating: line, count: 255), into: &block))
    #expect(!take([line], into: &block))
  }

  @Test func countsInterimAnswersToo() {
    var block = HeaderBlock()
    let interim = ["HTTP/1.1 100 Continue\r\n", "\r\n"]
    var taken = 0
    while taken < 100_000, take(interim, into: &block) { taken += 1 }
    #expect(taken == HeaderBlock.limit / 25)
  }
}
