import Model

/// The requests of one source, worked out as far as they are the same for every task.
struct RequestPlan: Sendable {
  private enum Part: Sendable {
    case text(String)
    case id, wholeID, ids
  }

  /// Of the request that asks for a task; its headers have the key.
  let profile: HTTPProfile
  /// Of further requests to the same API.
  let getProfile: HTTPProfile
  private let base: BaseURL
  /// The whole URL; empty where each task brings its own.
  private let url: [Part]
  /// Of what in it is the same for all tasks, in bytes.
  private let lengthOfTexts: Int
  private let body: BodyPlan?
  private let parameters: [String: String]

  init(_ settings: ProviderSettings, timeout: Duration, bodyLimit: Int) {
    let request = settings.mapping.request
    base = settings.baseURL
    parameters = settings.parameters
    body = request.body.map { BodyPlan($0, parameters: settings.parameters) }
    url = request.url.map { Self.parts(of: $0, settings) } ?? []
    lengthOfTexts = url.reduce(0) { sum, part in
      if case .text(let piece) = part { sum + piece.utf8.count } else { sum }
    }
    let headers = RequestHeaders(settings)
    func profile(_ method: String, _ headers: [HTTPHeader]) -> HTTPProfile {
      HTTPProfile(
        method: method, headers: headers, connection: settings.connection, timeout: timeout,
        bodyLimit: bodyLimit, overflow: .fail)
    }
    self.profile = profile(request.method.rawValue, headers.polling)
    getProfile = request.method == .get ? self.profile : profile("GET", headers.general)
  }

  private static func parts(of template: Template, _ settings: ProviderSettings) -> [Part] {
    var parts: [Part] = []
    var text = settings.baseURL.description
    for part in template.parts {
      switch part {
      case .text(let piece): text += piece
      case .place(.parameter(let name)): text += PercentEncoding.encode(settings.parameters[name] ?? "")
      case .place(.wholeParameter(let name)): text += PathText.whole(settings.parameters[name] ?? "")
      case .place(let place):
        let gap: Part? =
          switch place {
          case .id: .id
          case .wholeID: .wholeID
          case .ids: .ids
          // A key has no place in a URL, where logs of proxies would show it; mappings are checked for that.
          case .apiKey, .parameter, .wholeParameter, .task: nil
          }
        guard let gap else { continue }
        if !text.isEmpty { parts.append(.text(text)) }
        text = ""
        parts.append(gap)
      }
    }
    if !text.isEmpty { parts.append(.text(text)) }
    return parts
  }

  /// The request for several tasks, where the mapping knows one.
  func request(for tasks: [TaskAddress]) throws(AddressRefusal) -> HTTPRequest {
    if tasks.count == 1 { return try request(for: tasks[0]) }
    return HTTPRequest(
      profile,
      url: try filled(tasks[0]) { tasks.map { PercentEncoding.encode($0.id) }.joined(separator: ",") },
      body: body?.filled(tasks))
  }

  /// The request for one task: nearly every poll.
  func request(for task: TaskAddress) throws(AddressRefusal) -> HTTPRequest {
    let body = body?.filled([task])
    if let own = try ownURL(of: task) { return HTTPRequest(profile, url: own, body: body) }
    return HTTPRequest(profile, url: try filled(task) { PercentEncoding.encode(task.id) }, body: body)
  }

  private func filled(_ task: TaskAddress, ids: () -> String) throws(AddressRefusal) -> String {
    var text = ""
    text.reserveCapacity(lengthOfTexts + task.id.utf8.count)
    for part in url {
      switch part {
      case .text(let piece): text += piece
      case .id: text += PercentEncoding.encode(task.id)
      case .wholeID:
        if PathText.hasDotSegment(task.id) {
          throw AddressRefusal("its id has \".\" or \"..\" in it, which a URL reads as a folder")
        }
        text += PathText.whole(task.id)
      case .ids: text += ids()
      }
    }
    return text
  }

  /// The URL that a task brings, once it is clear that the key may go there. Nothing of its query is told: it may
  /// be a credential.
  private func ownURL(of task: TaskAddress) throws(AddressRefusal) -> String? {
    if let own = task.url {
      guard let address = WebAddress(own), base.holds(address) else {
        throw AddressRefusal(
          "its URL is not below \(base)/…, where alone the key may go; make another source with that base_url"
        )
      }
      return own
    }
    guard url.isEmpty else { return nil }
    guard let address = WebAddress(task.id), base.isOrigin(of: address) else {
      throw AddressRefusal("this API is asked by the URL that it gave: add the task with --url")
    }
    return try ownURL(of: TaskAddress(id: task.id, url: task.id))
  }

  /// Where a template leads for a task: below the base URL, or anywhere that a field of the task names. Nil where
  /// a field is missing.
  func address(_ template: Template, of id: String, in task: JSONSlice) -> String? {
    addresses(template, of: id, in: task).first
  }

  /// The same for each of the values where the template names a field with `[*]`.
  func addresses(_ template: Template, of id: String, in task: JSONSlice) -> [String] {
    var urls = [""]
    for (index, part) in template.parts.enumerated() {
      let pieces: [String]
      switch part {
      case .text(let piece): pieces = [index == 0 ? base.description + piece : piece]
      case .place(.task(let path)):
        let texts = path.all(in: task).compactMap(\.scalarText).filter { !$0.isEmpty }
        // A URL at the beginning is one already.
        pieces = index == 0 ? texts : texts.map { PercentEncoding.encode($0) }
      case .place(.id): pieces = [PercentEncoding.encode(id)]
      case .place(.wholeID): pieces = PathText.hasDotSegment(id) ? [] : [PathText.whole(id)]
      case .place(.parameter(let name)): pieces = [PercentEncoding.encode(parameters[name] ?? "")]
      case .place(.wholeParameter(let name)): pieces = [PathText.whole(parameters[name] ?? "")]
      case .place(.ids), .place(.apiKey): pieces = []
      }
      urls = Array(urls.flatMap { url in pieces.map { url + $0 } }.prefix(OutputFinder.most))
    }
    return urls
  }
}
