extension SavedFile {
  /// Reads what `JSONWriter.files` wrote; nil where the text is something else.
  package static func list(from json: [UInt8]) -> [SavedFile]? {
    guard let root = try? JSONDocument(json).root, root.kind == .array else { return nil }
    var files: [SavedFile] = []
    for entry in root.elements {
      guard let url = entry["url"]?.string, let path = entry["path"]?.string,
        let bytes = entry["bytes"].flatMap({ Int64(String(decoding: $0.bytes, as: UTF8.self)) }),
        let sha256 = entry["sha256"]?.string
      else { return nil }
      files.append(
        SavedFile(
          url: url, path: path, bytes: bytes, sha256: sha256, contentType: entry["content_type"]?.string))
    }
    return files
  }
}

extension JSONWriter {
  /// Files as receivers read of them (SPEC section 8).
  package mutating func files(_ files: [SavedFile]) {
    array { json in
      for file in files {
        json.object { json in
          json.key("url")
          json.string(file.url)
          json.key("path")
          json.string(file.path)
          json.key("bytes")
          json.number(Int(file.bytes))
          json.key("sha256")
          json.string(file.sha256)
          json.key("content_type")
          json.string(file.contentType)
        }
      }
    }
  }
}
