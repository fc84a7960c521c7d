import Foundation

/// What the figures depend on beside taskhook.
enum Facts {
  /// One line: the processor, how many cores, and what runs on them.
  static func line() -> String {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let versions = [
      version(of: "libcurl", by: "curl --version", after: "libcurl/"),
      version(of: "nginx", by: "nginx -v 2>&1 || /usr/sbin/nginx -v 2>&1", after: "nginx/"),
    ].compactMap(\.self)
    return (["\(cores) cores\(processor.map { " of \($0)" } ?? "")"] + versions).joined(separator: ", ") + ":"
  }

  private static var processor: String? {
    let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    return text?.split(separator: "\n").first { $0.hasPrefix("model name") }?
      .split(separator: ":").last?.split(separator: " ").joined(separator: " ")
  }

  private static func version(of name: String, by command: String, after mark: String) -> String? {
    guard let text = try? Program.run("/bin/sh", ["-c", command]), let place = text.range(of: mark)
    else { return nil }
    return "\(name) \(text[place.upperBound...].prefix { $0.isNumber || $0 == "." })"
  }
}
