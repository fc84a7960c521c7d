import Model

/// The sink of one request: whether it takes the body of the answer, and how much it has taken.
struct Outlet {
  /// Bytes handed over.
  private(set) var count = 0

  private let sink: any BodySink
  private var wanted: Bool?

  init(_ sink: any BodySink) { self.sink = sink }

  /// Whether the body goes to the sink, which is asked once. `answer` is its status and headers, both complete.
  mutating func isOpen(_ answer: @autoclosure () -> (status: Int, headers: HTTPHeaders)) -> Bool {
    if let wanted { return wanted }
    let (status, headers) = answer()
    let wanted = sink.begin(status, headers)
    self.wanted = wanted
    return wanted
  }

  /// False where the sink wants no more.
  mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard sink.take(bytes) else { return false }
    count += bytes.count
    return true
  }
}
