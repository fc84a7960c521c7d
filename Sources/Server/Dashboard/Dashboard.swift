import Model

/// The dashboard: one page without data in it, which asks the API like any other caller. Its files are put into the
/// binary when it is built; a further one is a file in Files and its line here.
package enum Dashboard {
  /// One file as it is served.
  package struct File: Sendable {
    /// `/` or `/dashboard/NAME`.
    package let path: String
    package let contentType: String
    package let bytes: [UInt8]

    fileprivate init(_ path: String, _ contentType: String, _ bytes: [UInt8]) {
      self.path = path
      self.contentType = contentType
      self.bytes = bytes
    }

    fileprivate static func script(_ name: String, _ bytes: [UInt8]) -> File {
      File("/dashboard/\(name).js", "text/javascript; charset=utf-8", bytes)
    }
  }

  package static let files: [File] = [
    File("/", "text/html; charset=utf-8", PackageResources.index_html),
    File("/dashboard/style.css", "text/css; charset=utf-8", PackageResources.style_css),
    File("/dashboard/icon.svg", "image/svg+xml", PackageResources.icon_svg),
    .script("actions", PackageResources.actions_js),
    .script("api", PackageResources.api_js),
    .script("app", PackageResources.app_js),
    .script("attempts", PackageResources.attempts_js),
    .script("deliveries", PackageResources.deliveries_js),
    .script("dom", PackageResources.dom_js),
    .script("forms", PackageResources.forms_js),
    .script("header", PackageResources.header_js),
    .script("hooks", PackageResources.hooks_js),
    .script("notes", PackageResources.notes_js),
    .script("previews", PackageResources.previews_js),
    .script("sources", PackageResources.sources_js),
    .script("stream", PackageResources.stream_js),
    .script("task", PackageResources.task_js),
    .script("tasks", PackageResources.tasks_js),
    .script("text", PackageResources.text_js),
  ]

  private static let byPath = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0) })

  /// The file at a path of the server; nil where there is none.
  package static func file(at path: String) -> File? { byPath[path] }

  /// What goes out with each file beside its type. Only scripts and styles of this server count, so that a text
  /// that a task brings along could do nothing even if it became markup; only pictures and films come from elsewhere.
  package static let headers: [HTTPHeader] = [
    HTTPHeader(
      "content-security-policy",
      [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' https: http: data:",
        "media-src https: http:", "connect-src 'self'", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'",
      ].joined(separator: "; ")),
    HTTPHeader("x-content-type-options", "nosniff"),
    HTTPHeader("referrer-policy", "no-referrer"),
    // A newer program has newer files.
    HTTPHeader("cache-control", "no-cache"),
  ]
}
