/// A file that a task made.
package struct TaskOutput: Sendable, Hashable {
  /// http or https; may be a credential.
  package var url: String
  /// Whether the API itself serves it, at an address that the mapping makes below `base_url`: then, and only then,
  /// it is fetched with the source's headers.
  package var isOwn: Bool

  package init(url: String, isOwn: Bool = false) {
    self.url = url
    self.isOwn = isOwn
  }
}
