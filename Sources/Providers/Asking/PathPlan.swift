import Model

/// What the paths that clients ask for have to do with tasks, worked out for one source. All paths follow the base
/// URL, and are percent-encoded and without their query.
struct PathPlan: Sendable {
  private let mount: String?
  private let create: CreateRules?
  private let parameters: [String: String]
  /// What stands around the id in the path of a poll; nil where no path has an id of one task alone.
  private let poll: (before: String, after: String, isWhole: Bool)?

  init(_ settings: ProviderSettings) {
    mount = settings.mapping.request.mount
    create = settings.mapping.create
    parameters = settings.parameters
    poll = Self.poll(settings.mapping.request, settings.parameters)
  }

  private static func poll(
    _ request: RequestRules, _ parameters: [String: String]
  ) -> (String, String, Bool)? {
    guard request.method == .get, let template = request.url else { return nil }
    var texts = [""]
    var isWhole = false
    for part in template.parts {
      switch part {
      case .text(let text): texts[texts.count - 1] += text
      case .place(.id): texts.append("")
      case .place(.wholeID):
        texts.append("")
        isWhole = true
      case .place(let place): texts[texts.count - 1] += encoded(place, parameters) ?? ""
      }
    }
    // An API that is asked by a query cannot be told from its path.
    guard texts.count == 2, !texts.joined().contains("?") else { return nil }
    return (texts[0], texts[1], isWhole)
  }

  private static func encoded(_ place: Template.Place, _ parameters: [String: String]) -> String? {
    switch place {
    case .parameter(let name): parameters[name].map { PercentEncoding.encode($0) }
    case .wholeParameter(let name): parameters[name].map(PathText.whole)
    default: nil
    }
  }

  /// The path as the API has it: clients may leave out the prefix that all of its paths have.
  func place(_ path: String) -> String {
    guard let mount, path != mount, !path.hasPrefix(mount + "/") else { return path }
    return mount + path
  }

  /// The id of the task that a GET of this path asks for.
  func polledID(_ path: String) -> String? {
    guard let poll, path.hasPrefix(poll.before), path.hasSuffix(poll.after),
      path.utf8.count > poll.before.utf8.count + poll.after.utf8.count
    else { return nil }
    let id = path.dropFirst(poll.before.count).dropLast(poll.after.count)
    if !poll.isWhole, id.contains("/") { return nil }
    guard let id = PercentDecoding.decode(id), TaskID.refusal(of: id) == nil else { return nil }
    return id
  }

  func mayCreate(_ method: String, _ path: String) -> Bool {
    guard let create, create.method.rawValue == method else { return false }
    return create.url.contains { $0.matches(path[...]) { Self.encoded($0, parameters) } }
  }
}
