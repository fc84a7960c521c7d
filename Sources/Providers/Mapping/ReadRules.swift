import Config
import Model

/// Where an answer says what. Of several paths for a field the first that leads to something but null counts.
package struct ReadRules: ConfigSection {
  package enum Keys {
    static let items = Key(
      "items", .jsonPaths, default: [], defaultText: "none; the answer is one task",
      doc: "Where the tasks are in an answer with several: a list, or a mapping of id to task.")
    static let envelope = Key(
      "envelope", .section(EnvelopeRules.self), defaultText: "none",
      doc: "How the task object may be wrapped into others.")
    static let id = Key("id", .jsonPaths, default: [], defaultText: "none", doc: "What names the task.")
    static let status = Key(
      "status", .jsonPaths, default: [], defaultText: "none; needed without cases",
      doc: "The task's status; of several paths the first that leads to one counts.")
    static let cases = Key(
      "cases",
      ValueType<[CaseRule]>.list(of: .section(CaseRule.self), atLeast: 1)
        .described(summary: "list of cases", example: "[{if: {done: true}, status: SUCCEEDED}]"),
      default: [], defaultText: "none",
      doc:
        "Cases, of which the first that fits gives the status, before `status`: conditions `if`, `has`, `lacks`, `http`, `result_http`, and `status` or `status_at`."
    )
    static let states = Key(
      "states", .section(StateTable.self), required: true,
      doc: "What the API's words for its statuses mean, in any case; other words mean `unknown`.")
    static let progress = Key(
      "progress", .section(ProgressRule.self), defaultText: "none", doc: "How far the task is.")
    static let outputs = Key(
      "outputs", .section(OutputRules.self), defaultText: "none", doc: "Where the files are that it made.")
    static let createdAt = Key(
      "created_at", .jsonPaths, default: [], defaultText: "none",
      doc: "When it was created: ISO 8601, or seconds or milliseconds since 1970.")
    static let result = Key(
      "result", .section(ResultRules.self), defaultText: "none",
      doc: "A second request for the result, whose answer becomes the member `result` of the task.")
    static let pollAfter = Key(
      "poll_after", .section(PollAfterRule.self), defaultText: "none",
      doc: "Where the API says when to ask again.")
    static let notFound = Key(
      "not_found", .section(NotFoundRules.self), defaultText: "HTTP 404",
      doc: "By what the API says that it does not know an id.")
    static let gone = Key(
      "gone", .section(GoneRules.self), defaultText: "HTTP 410",
      doc: "By what the API says that asking again for an id will not help.")
    static let error = Key(
      "error", .section(ErrorRules.self), defaultText: "none",
      doc: "Where the API says what went wrong with a request.")
  }

  package static let keys = [
    AnyKey(Keys.items), AnyKey(Keys.envelope), AnyKey(Keys.id), AnyKey(Keys.status), AnyKey(Keys.cases),
    AnyKey(Keys.states), AnyKey(Keys.progress), AnyKey(Keys.outputs), AnyKey(Keys.createdAt),
    AnyKey(Keys.result), AnyKey(Keys.pollAfter), AnyKey(Keys.notFound), AnyKey(Keys.gone), AnyKey(Keys.error),
  ]

  /// Where several tasks stand; empty where an answer is one task.
  package let items: [JSONPath]
  package let envelope: EnvelopeRules?
  /// Members that name the task.
  package let id: [JSONPath]
  package let status: [JSONPath]
  package let cases: [CaseRule]
  package internal(set) var states: StateTable
  package let progress: ProgressRule?
  package let outputs: OutputRules?
  package let createdAt: [JSONPath]
  package let result: ResultRules?
  package let pollAfter: PollAfterRule?
  package let notFound: NotFoundRules
  package let gone: GoneRules
  package let error: ErrorRules

  package init?(_ section: Section) {
    guard let states = section[Keys.states] else { return nil }
    items = section[Keys.items]
    envelope = section[Keys.envelope]
    id = section[Keys.id]
    status = section[Keys.status]
    cases = section[Keys.cases]
    self.states = states
    progress = section[Keys.progress]
    outputs = section[Keys.outputs]
    createdAt = section[Keys.createdAt]
    result = section[Keys.result]
    pollAfter = section[Keys.pollAfter]
    notFound = section[Keys.notFound] ?? NotFoundRules()
    gone = section[Keys.gone] ?? GoneRules()
    error = section[Keys.error] ?? ErrorRules()
    checkWords(section)
    guard checkWhole(section) else { return nil }
  }

  /// A word that the mapping itself uses and does not explain is a mistake in it.
  private func checkWords(_ section: Section) {
    let nodes =
      (section.node(at: Keys.cases)?.items.compactMap { $0["status"] } ?? [])
      + (section.node(at: Keys.result)?["on"]?.listed ?? [])
    for node in nodes {
      guard let word = node.text, !word.isEmpty, !states.knows(word) else { continue }
      node.fail(
        "\(node.shown) is no word of states", expected: "one of \(states.words.joined(separator: ", "))",
        suggestion: node.isSubstituted ? nil : Nearest.name(to: word, among: states.words))
    }
  }

  /// What keys ask of each other.
  private func checkWhole(_ section: Section) -> Bool {
    if !section.has(Keys.status), !section.has(Keys.cases) {
      section.fail(
        "the key \"status\" is missing", expected: "where the task's status stands, or cases that give it")
      return false
    }
    if !states.words.contains(where: { states.state(of: $0).isTerminal }) {
      section.fail(
        at: Keys.states, "with these no task ever ends",
        expected: "words under succeeded, failed, cancelled or expired")
      return false
    }
    if section.has(Keys.items) {
      if !section.has(Keys.id) {
        section.fail(
          at: Keys.items, "a task of several is known by its id", expected: "the key \"id\" beside it")
        return false
      }
      if section.has(Keys.result) {
        section.node(at: Keys.result)?.failAtKey(
          "a second request cannot be made for tasks that come several at once")
        return false
      }
    }
    if !error.at.isEmpty, !section.has(Keys.id) {
      section.node(at: Keys.error)?["at"]?.failAtKey(
        "an error is told from a task that has an \"error\" by its naming none",
        expected: "the key \"id\" of \"read\" beside it")
      return false
    }
    if result == nil, let index = cases.firstIndex(where: { !$0.resultHTTP.isEmpty }),
      !section.has(Keys.result)
    {
      let nodes = section.node(at: Keys.cases)?.items.filter { $0.kind != .null } ?? []
      (index < nodes.count ? nodes[index]["result_http"] : nil)?.failAtKey(
        "there is no second request", expected: "the key \"result\" of the mapping")
      return false
    }
    return true
  }
}
