/// The program's version, as `--version` and the `user-agent` header tell it.
package enum Version {
  package static let current = "0.1.0"
  /// The `user-agent` of every request.
  package static let userAgent = "taskhook/\(current)"
}
