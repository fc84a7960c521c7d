import Model

/// A task API that is asked and read as a mapping says.
package struct MappedProvider: Provider {
  /// Largest answer taken, in bytes, after decompression.
  package static let bodyLimit = 8 << 20

  package let vocabulary: [String]
  package let batch: Int
  private let rules: ReadRules
  private let base: BaseURL
  private let plan: RequestPlan
  private let reader: AnswerReader
  private let wall: @Sendable () -> Timestamp

  /// - Parameters:
  ///   - settings: Which mapping, and how the API is reached.
  ///   - timeout: Of one request.
  ///   - wall: The wall clock, for servers that name a date to come again.
  package init(
    _ settings: ProviderSettings, timeout: Duration, wall: @escaping @Sendable () -> Timestamp
  ) {
    rules = settings.mapping.read
    base = settings.baseURL
    vocabulary = rules.states.words
    batch = settings.mapping.request.batch
    plan = RequestPlan(settings, timeout: timeout, bodyLimit: Self.bodyLimit)
    reader = AnswerReader(
      rules: rules, text: ReasonText(masking: settings.secrets), host: settings.baseURL.host)
    self.wall = wall
  }

  // MARK: Asking

  package func request(for tasks: [TaskAddress]) throws(AddressRefusal) -> HTTPRequest {
    try plan.request(for: tasks)
  }

  /// The request for the result of a task, or why there can be none.
  private func resultRequest(_ result: ResultRules, _ found: FoundTask, _ task: TaskAddress) -> PollStep {
    guard let url = plan.address(result.url, of: task.id, in: found.task) else {
      return .read(
        .unreadable(
          reason: "the task is \(found.status), but does not say where its result is",
          hint: "check read.result.url of the mapping"))
    }
    guard let address = WebAddress(url) else {
      return .read(.failed(reason: "the place of the result is no URL that can be asked"))
    }
    guard base.isOrigin(of: address) else {
      let host = reader.reasons.text.clean(address.authority) ?? ""
      return .read(
        .failed(
          reason: "the result is at another host, \(host): the key goes to \(base.host) alone"))
    }
    return .ask(HTTPRequest(plan.getProfile, url: url))
  }

  // MARK: Reading

  package func read(_ response: HTTPResponse, of task: TaskAddress) -> PollStep {
    if !rules.items.isEmpty { return .read(readItem(response, of: task)) }
    switch reader.find(response, now: wall()) {
    case .reading(let reading): return .read(reading)
    case .task(let found):
      if let result = rules.result, result.isAsked(of: found.status, found.state) {
        return resultRequest(result, found, task)
      }
      return .read(.observed(reader.observation(of: found)))
    }
  }

  package func read(_ response: HTTPResponse, result: HTTPResponse, of task: TaskAddress) -> PollReading {
    switch reader.find(response, now: wall()) {
    case .reading(let reading): reading
    case .task(let found): reader.read(found, http: response.status, result: result, now: wall())
    }
  }

  package func read(_ response: HTTPResponse, of tasks: [TaskAddress]) -> [PollReading] {
    if rules.items.isEmpty { return tasks.map { _ in read(response) } }
    return reader.read(response, of: tasks.map(\.id), now: wall())
  }

  /// An answer read for itself alone, without a second request: that of a task whose id is not known.
  package func read(_ response: HTTPResponse) -> PollReading {
    if !rules.items.isEmpty, let root = try? JSONDocument(response.body).root,
      let items = reader.items(in: root), let only = items.first, items.count == 1
    {
      return readItem(response, of: TaskAddress(id: only.key))
    }
    switch reader.find(response, now: wall()) {
    case .reading(let reading): return reading
    case .task(let found): return .observed(reader.observation(of: found))
    }
  }

  /// The answer on one task of an API that answers for several. At a URL of its own the task may stand alone.
  private func readItem(_ response: HTTPResponse, of task: TaskAddress) -> PollReading {
    if task.url != nil, let root = try? JSONDocument(response.body).root, reader.items(in: root) == nil,
      case .task(let found) = reader.find(response, now: wall())
    {
      return .observed(reader.observation(of: found))
    }
    return reader.read(response, of: [task.id], now: wall())[0]
  }

  package func hint(_ response: HTTPResponse) -> Duration? {
    guard let rule = rules.pollAfter else { return nil }
    return rule.wait(response, now: wall(), most: AnswerReader.longestPause)?.wait
  }

  // MARK: Outputs

  package func outputs(of task: [UInt8], at address: TaskAddress) -> [TaskOutput] {
    guard let outputs = rules.outputs, let root = try? JSONDocument(task).root else { return [] }
    let told = OutputFinder(rules: outputs).told(in: root)
    if !told.isEmpty { return told.map { TaskOutput(url: $0) } }
    var found = OutputFinder.Found()
    for template in outputs.own {
      for url in plan.addresses(template, of: address.id, in: root) where WebAddress(url) != nil {
        found.add(url)
      }
    }
    return found.urls.map { url in
      TaskOutput(url: url, isOwn: WebAddress(url).map(base.holds) ?? false)
    }
  }

  package var ownHeaders: [HTTPHeader] { plan.getProfile.headers }
}
