/// The extension that a copy's name gets, with its dot; empty where none is known.
enum FileExtension {
  /// By the content type where that says what a file is, else by the URL's path.
  static func of(contentType: String?, url: OutputURL) -> String {
    let type = contentType?.lowercased() ?? ""
    if let known = exact[type] { return known }
    if !url.fileExtension.isEmpty { return url.fileExtension }
    return broad[type] ?? ""
  }

  /// The end of a name that is an extension: a dot, then letters and digits, not digits alone. Empty where there
  /// is none.
  static func ending(of name: String) -> Substring {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "" }
    let letters = name[dot...].dropFirst()
    let isExtension =
      (1...10).contains(letters.utf8.count) && letters.utf8.allSatisfy(isAlphanumeric)
      && !letters.utf8.allSatisfy { (48...57).contains($0) }
    return isExtension ? name[dot...] : ""
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  /// Types that servers also send for what is more than that: an extension in the URL tells more.
  private static let broad = [
    "text/plain": ".txt", "text/xml": ".xml", "application/xml": ".xml", "application/json": ".json",
    "application/zip": ".zip", "application/x-zip-compressed": ".zip", "application/gzip": ".gz",
    "application/x-gzip": ".gz",
  ]

  /// The usual extension of what IANA's registry of media types, and habit, call so.
  private static let exact = [
    "video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm", "video/x-matroska": ".mkv",
    "video/matroska": ".mkv", "video/x-msvideo": ".avi", "video/mpeg": ".mpg", "video/ogg": ".ogv",
    "video/x-m4v": ".m4v", "video/mp2t": ".ts", "video/3gpp": ".3gp", "video/x-flv": ".flv",
    "image/png": ".png", "image/jpeg": ".jpg", "image/jpg": ".jpg", "image/gif": ".gif",
    "image/webp": ".webp", "image/avif": ".avif", "image/bmp": ".bmp", "image/tiff": ".tiff",
    "image/svg+xml": ".svg", "image/heic": ".heic", "image/heif": ".heif", "image/jxl": ".jxl",
    "image/x-icon": ".ico", "image/vnd.microsoft.icon": ".ico", "image/x-exr": ".exr",
    "image/vnd.radiance": ".hdr", "image/vnd.adobe.photoshop": ".psd",
    "audio/mpeg": ".mp3", "audio/mp3": ".mp3", "audio/wav": ".wav", "audio/x-wav": ".wav",
    "audio/wave": ".wav", "audio/vnd.wave": ".wav", "audio/ogg": ".ogg", "audio/opus": ".opus",
    "audio/flac": ".flac", "audio/x-flac": ".flac", "audio/aac": ".aac", "audio/mp4": ".m4a",
    "audio/x-m4a": ".m4a", "audio/m4a": ".m4a", "audio/webm": ".weba", "audio/aiff": ".aiff",
    "audio/x-aiff": ".aiff", "audio/midi": ".mid", "audio/x-midi": ".mid", "audio/amr": ".amr",
    "model/gltf-binary": ".glb", "model/gltf+json": ".gltf", "model/obj": ".obj", "model/stl": ".stl",
    "model/mtl": ".mtl", "model/3mf": ".3mf", "model/vnd.usdz+zip": ".usdz", "model/vnd.usda": ".usda",
    "model/step": ".step", "model/ply": ".ply", "model/fbx": ".fbx",
    "text/csv": ".csv", "text/html": ".html", "text/markdown": ".md", "text/vtt": ".vtt", "text/css": ".css",
    "text/javascript": ".js", "text/tab-separated-values": ".tsv", "text/calendar": ".ics",
    "application/x-subrip": ".srt", "application/pdf": ".pdf", "application/rtf": ".rtf",
    "application/x-ndjson": ".jsonl", "application/jsonl": ".jsonl", "application/x-jsonlines": ".jsonl",
    "application/ld+json": ".jsonld", "application/geo+json": ".geojson", "application/yaml": ".yaml",
    "application/javascript": ".js", "application/wasm": ".wasm", "application/epub+zip": ".epub",
    "application/vnd.apache.parquet": ".parquet", "application/x-tar": ".tar", "application/zstd": ".zst",
    "application/x-7z-compressed": ".7z", "application/vnd.rar": ".rar", "application/x-bzip2": ".bz2",
    "application/x-xz": ".xz", "application/vnd.apple.mpegurl": ".m3u8", "application/x-mpegurl": ".m3u8",
    "application/dash+xml": ".mpd", "application/ogg": ".ogg", "font/ttf": ".ttf", "font/otf": ".otf",
    "font/woff": ".woff", "font/woff2": ".woff2",
  ]
}
