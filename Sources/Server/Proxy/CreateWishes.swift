import Hummingbird
import Model

/// What a caller of the proxy wants to be done with the task that its request creates, said in headers.
struct CreateWishes: Sendable {
  private static let prefix = "taskhook-"
  private static let label = "taskhook-label-"
  private static let names = [
    "Taskhook-Callback", "Taskhook-Callback-Secret", "Taskhook-Callback-On", "Taskhook-Label-NAME",
  ]
  static let mostLabels = 64

  /// By names in small letters: case makes no difference in names of headers.
  private(set) var labels: [String: String] = [:]
  private(set) var callback: TaskCallback?

  /// Throws 400 where a header cannot be obeyed: nothing has been created by then.
  init(_ fields: HTTPFields, control: any Control) throws(Problem) {
    var given: [String: String] = [:]
    for field in fields where field.name.canonicalName.hasPrefix(Self.prefix) {
      let name = field.name.canonicalName
      if name.hasPrefix(Self.label) {
        let label = String(name.dropFirst(Self.label.count))
        guard !label.isEmpty else { throw Self.refusal("Taskhook-Label-NAME", "needs the name of a label") }
        guard labels.updateValue(field.value, forKey: label) == nil else {
          throw Self.refusal(field.name.rawName, "is there twice")
        }
      } else if Self.names.contains(where: { $0.lowercased() == name }) {
        guard given.updateValue(field.value, forKey: name) == nil else {
          throw Self.refusal(field.name.rawName, "is there twice")
        }
      } else if name != "taskhook-token" {
        throw Self.refusal(
          field.name.rawName, "is not known; there are \(Self.names.joined(separator: ", "))")
      }
    }
    if labels.count > Self.mostLabels {
      throw Self.refusal("Taskhook-Label-NAME", "is there more than \(Self.mostLabels) times")
    }
    let secret = given["taskhook-callback-secret"]
    let on = given["taskhook-callback-on"]
    guard let url = given["taskhook-callback"] else {
      if secret != nil || on != nil {
        throw Self.refusal("Taskhook-Callback", "is missing beside the others")
      }
      return
    }
    do throws(ControlRefusal) {
      callback = try control.callback(url: url, secret: secret, on: on.map(Self.json))
    } catch {
      let header =
        error.member.hasSuffix("secret")
        ? "Taskhook-Callback-Secret"
        : error.member.hasSuffix("on") ? "Taskhook-Callback-On" : "Taskhook-Callback"
      throw Self.refusal(header, error.reason)
    }
  }

  /// `on` as JSON, or as words parted by commas: `SUCCEEDED, FAILED`.
  private static func json(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    if "[{\"".contains(text.first ?? " "), (try? JSONDocument(bytes)) != nil { return bytes }
    var writer = JSONWriter()
    writer.array { writer in for word in text.split(separator: ",") { writer.string(String(word.trimmed)) } }
    return writer.bytes
  }

  private static func refusal(_ header: String, _ reason: String) -> Problem {
    .badRequest("The header \(header) \(reason).")
  }
}
