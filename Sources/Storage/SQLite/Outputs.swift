import GRDB
import Model

/// What a save is to keep, as it is stored: `[{"url": …, "own": true}]`, `own` only where it is true.
enum Outputs {
  static func text(_ outputs: [TaskOutput]) -> String {
    var writer = JSONWriter()
    writer.array { json in
      for output in outputs {
        json.object { json in
          json.key("url")
          json.string(output.url)
          if output.isOwn {
            json.key("own")
            json.bool(true)
          }
        }
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  static func parse(_ text: String) throws -> [TaskOutput] {
    let damage = DatabaseError(resultCode: .SQLITE_CORRUPT, message: "outputs are no JSON array of URLs")
    guard let root = try? JSONDocument(Array(text.utf8)).root, root.kind == .array else { throw damage }
    return try root.elements.map { entry in
      guard let url = entry["url"]?.string else { throw damage }
      return TaskOutput(url: url, isOwn: entry["own"]?.bool == true)
    }
  }
}
