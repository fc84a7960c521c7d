import Config

/// How one kind of task API is asked and read, as data: a preset's whole content.
package struct Mapping: ConfigSection {
  package enum Keys {
    static let summary = Key("summary", .string, required: true, doc: "What the API is, in one line.")
    static let key = Key(
      "key", .string, defaultText: "none",
      doc: "The environment variable that usually holds a key of the API.")
    static let baseURL = Key(
      "base_url", .baseURL, required: true,
      doc: "Where the API is reached unless the source says otherwise.")
    static let parameters = Key(
      "params", .map(of: .section(ParameterRules.self)), default: [], defaultText: "none",
      doc: "What each source says itself, to stand for its name in braces in `request` and `read`.")
    static let request = Key(
      "request", .section(RequestRules.self), required: true, doc: "The request that asks for a task.")
    static let read = Key(
      "read", .section(ReadRules.self), required: true, doc: "Where the answer says what.")
    static let create = Key(
      "create", .section(CreateRules.self), defaultText: "none",
      doc: "Which requests create a task, for the proxy; without it none is known.")
  }

  package static let keys = [
    AnyKey(Keys.summary), AnyKey(Keys.key), AnyKey(Keys.baseURL), AnyKey(Keys.parameters),
    AnyKey(Keys.request), AnyKey(Keys.read), AnyKey(Keys.create),
  ]

  /// One line on what the API is.
  package let summary: String
  /// The environment variable that usually holds a key of the API.
  package let key: String?
  /// Where the API is reached unless a source says otherwise.
  package let baseURL: BaseURL
  /// What each source says itself, in the order of the file.
  package let parameters: [(name: String, rules: ParameterRules)]
  package let request: RequestRules
  package internal(set) var read: ReadRules
  package let create: CreateRules?

  package init?(_ section: Section) {
    guard let summary = section[Keys.summary], let baseURL = section[Keys.baseURL],
      let request = section[Keys.request], let read = section[Keys.read]
    else { return nil }
    self.summary = summary
    key = section[Keys.key]
    self.baseURL = baseURL
    let parameters = section[Keys.parameters]
    for parameter in parameters
    where !Template.Place.isName(parameter.name) || Template.Place.reserved.contains(parameter.name) {
      parameter.node.failAtKey(
        "a parameter cannot be so named",
        expected: "small letters, digits and _; not id, ids, api_key or task")
    }
    self.parameters = parameters.map { ($0.name, $0.value) }
    self.request = request
    self.read = read
    create = section[Keys.create]
    MappingCheck(names: parameters.map(\.name)).check(
      request: section.node(at: Keys.request), request, read: section.node(at: Keys.read), read,
      create: section.node(at: Keys.create), create)
  }

  /// The mapping of one source alone: `provider: http`.
  init(
    summary: String, baseURL: BaseURL, request: RequestRules, read: ReadRules, create: CreateRules? = nil
  ) {
    self.summary = summary
    key = nil
    self.baseURL = baseURL
    parameters = []
    self.request = request
    self.read = read
    self.create = create
  }
}
