import Model

/// The sink of one request: whether it takes the body of the answer, and how much it has taken.
struct Outlet {
  /// Bytes handed over.
  private(set) var count = 0

  private let sink: any BodySink
  /// The same, where it may be full.
  private let waiting: (any WaitingSink)?
  private var wanted: Bool?

  /// `goOn` is for a sink that was full.
  init(_ sink: any BodySink, goOn: @escaping @Sendable () -> Void) {
    self.sink = sink
    waiting = sink as? any WaitingSink
    waiting?.attach(goOn: goOn)
  }

  var isFull: Bool { waiting?.isFull == true }

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
