import Model

/// A task API that is asked and read as a mapping says.
package struct MappedProvider: Provider {
  /// Largest answer taken, in bytes, after decompression.
  package static let bodyLimit = 8 << 20

  package let vocabulary: [String]
  package let batch: Int
  let rules: ReadRules
  let base: BaseURL
  let plan: RequestPlan
  let paths: PathPlan
  let create: CreateRules?
  let reader: AnswerReader
  let wall: @Sendable () -> Timestamp

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
    paths = PathPlan(settings)
    create = settings.mapping.create
    plan = RequestPlan(settings, timeout: timeout, bodyLimit: Self.bodyLimit)
    reader = AnswerReader(
      rules: rules, text: ReasonText(masking: settings.secrets), host: settings.baseURL.host)
    self.wall = wall
  }

  // MARK: Asking

  package func request(for tasks: [TaskAddress]) throws(AddressRefusal) -> HTTPRequest {
    try plan.request(for: tasks)
  }

  package func request(for task: TaskAddress) throws(AddressRefusal) -> HTTPRequest {
    try plan.request(for: task)
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
    step(find(response, of: task), task)
  }

  package func read(_ response: HTTPResponse, result: HTTPResponse, of task: TaskAddress) -> PollReading {
    reader.reading(of: find(response, result: result, of: task))
  }

  package func read(_ response: HTTPResponse, of tasks: [TaskAddress]) -> [PollReading] {
    if rules.items.isEmpty {
      return tasks.map { reader.reading(of: find(response, of: $0)) }
    }
    return reader.find(response, of: tasks.map(\.id), now: wall()).map(reader.reading)
  }

  /// An answer read for itself alone, without a second request: that of a task whose id is not known.
  package func read(_ response: HTTPResponse) -> PollReading {
    reader.reading(of: find(response, of: onlyTask(in: response)))
  }

  /// The address of the one task that an answer shows where it may show several; one without an id where that is
  /// of no account.
  func onlyTask(in response: HTTPResponse) -> TaskAddress {
    guard !rules.items.isEmpty, let root = try? JSONDocument(response.body).root,
      let items = reader.items(in: root), let only = items.first, items.count == 1
    else { return TaskAddress(id: "") }
    return TaskAddress(id: only.key)
  }

  func step(_ finding: AnswerReader.Finding, _ task: TaskAddress) -> PollStep {
    if case .task(let found) = finding, let result = rules.result,
      result.isAsked(of: found.status, found.state)
    {
      return resultRequest(result, found, task)
    }
    return .read(reader.reading(of: finding))
  }

  func find(_ response: HTTPResponse, of task: TaskAddress) -> AnswerReader.Finding {
    if rules.items.isEmpty { return reader.find(response, now: wall()) }
    // At a URL of its own, or in a file that a person has, the task may stand alone.
    if task.url != nil || task.id.isEmpty, let root = try? JSONDocument(response.body).root,
      reader.items(in: root) == nil, case .task(let found) = reader.find(response, now: wall())
    {
      return .task(found)
    }
    return reader.find(response, of: [task.id], now: wall())[0]
  }

  private func find(
    _ response: HTTPResponse, result: HTTPResponse, of task: TaskAddress
  ) -> AnswerReader.Finding {
    let finding = find(response, of: task)
    guard case .task(let found) = finding else { return finding }
    return reader.find(found, http: response.status, result: result, now: wall())
  }

  package func hint(_ response: HTTPResponse) -> Duration? {
    guard let rule = rules.pollAfter else { return nil }
    return rule.wait(response, now: wall(), most: AnswerReader.longestPause)?.wait
  }

  // MARK: Outputs

  package func outputs(of task: [UInt8], at address: TaskAddress) -> [TaskOutput] {
    guard let outputs = rules.outputs, let root = try? JSONDocument(task).root else { return [] }
    let told = OutputFinder(rules: outputs).told(in: root)
    return told.isEmpty ? ownOutputs(of: root, at: address) : told.map { TaskOutput(url: $0) }
  }

  /// The files that the API itself serves.
  func ownOutputs(of task: JSONSlice, at address: TaskAddress) -> [TaskOutput] {
    var found = OutputFinder.Found()
    for template in rules.outputs?.own ?? [] {
      for url in plan.addresses(template, of: address.id, in: task) where WebAddress(url) != nil {
        found.add(url)
      }
    }
    return found.urls.map { TaskOutput(url: $0, isOwn: WebAddress($0).map(base.holds) ?? false) }
  }

  package var ownHeaders: [HTTPHeader] { plan.getProfile.headers }
}
