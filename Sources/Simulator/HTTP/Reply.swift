import Model

/// One answer, and how it goes out.
struct Reply: Sendable, Equatable {
  enum Ending: Sendable, Equatable {
    /// All of it is sent; the connection stays open.
    case whole
    /// Half of the body is sent, then the connection is closed.
    case cut
    /// Nothing is sent and the connection is closed.
    case dropped
  }

  var status: Int
  var headers: [HTTPHeader]
  var body: [UInt8]
  var ending = Ending.whole
  /// How long it takes to come.
  var delay = Duration.zero

  init(_ status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  init(_ status: Int, _ contentType: String, _ body: [UInt8], headers: [HTTPHeader] = []) {
    self.init(status, headers: [HTTPHeader("content-type", contentType)] + headers, body: body)
  }

  static func json(_ status: Int, headers: [HTTPHeader] = [], _ write: (inout JSONWriter) -> Void) -> Reply {
    var writer = JSONWriter()
    writer.object(write)
    return Reply(status, "application/json", writer.bytes, headers: headers)
  }

  static func html(_ status: Int, title: String) -> Reply {
    let page = """
      <html>\r
      <head><title>\(title)</title></head>\r
      <body>\r
      <center><h1>\(title)</h1></center>\r
      <hr><center>nginx</center>\r
      </body>\r
      </html>\r

      """
    return Reply(status, "text/html", Array(page.utf8))
  }
}
