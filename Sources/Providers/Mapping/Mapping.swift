import Config

/// How one kind of task API is asked and read, as data: a preset's whole content.
package struct Mapping: ConfigSection {
  package enum Keys {
    static let summary = Key("summary", .string, required: true, doc: "What the API is, in one line.")
    static let baseURL = Key(
      "base_url", .baseURL, required: true,
      doc: "Where the API is reached unless the source says otherwise.")
    static let request = Key(
      "request", .section(RequestRules.self), required: true, doc: "The request that asks for a task.")
    static let read = Key(
      "read", .section(ReadRules.self), required: true, doc: "Where the answer says what.")
  }

  package static let keys = [
    AnyKey(Keys.summary), AnyKey(Keys.baseURL), AnyKey(Keys.request), AnyKey(Keys.read),
  ]

  /// One line on what the API is.
  package let summary: String
  /// Where the API is reached unless a source says otherwise.
  package let baseURL: BaseURL
  package let request: RequestRules
  package let read: ReadRules

  package init?(_ section: Section) {
    guard let summary = section[Keys.summary], let baseURL = section[Keys.baseURL],
      let request = section[Keys.request], let read = section[Keys.read]
    else { return nil }
    self.summary = summary
    self.baseURL = baseURL
    self.request = request
    self.read = read
  }
}
