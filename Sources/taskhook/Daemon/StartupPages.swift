import Foundation

/// The memory that only the start of the process needed, handed back.
///
/// A daemon runs most of its code once, and Linux maps sixteen pages where one is touched: two thirds of what is resident
/// after the start is never looked at again. What is needed is mapped anew from the page cache, at a microsecond or so
/// for each sixteen pages. And reading a state leaves free places all over the heap: of 100,000 tasks an eighth of it.
enum StartupPages {
  /// Takes all that can be read anew from its file out of the resident memory, and what the heap holds free.
  static func release() {
    trimHeap()
    for range in clean(map() ?? "") {
      madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
    }
  }

  /// What is mapped where (proc_pid_smaps(5)). A file that tells no length: Foundation's shorter ways to read one end
  /// with its first piece.
  static func map() -> String? {
    let bytes = try? FileHandle(forReadingAtPath: "/proc/self/smaps")?.readToEnd()
    return bytes.map { String(decoding: $0, as: UTF8.self) }
  }

  /// malloc_trim(3), which Swift's Glibc module leaves out.
  private static func trimHeap() {
    typealias Trim = @convention(c) (Int) -> Int32
    if let trim = dlsym(nil, "malloc_trim") { _ = unsafeBitCast(trim, to: Trim.self)(0) }
  }

  /// The addresses, by proc_pid_smaps(5), that are mapped from a file and cannot be written, and of which no page
  /// differs from the file. The linker writes to some before it takes the right to write from them; these pages
  /// count as anonymous.
  static func clean(_ map: String) -> [Range<UInt>] {
    var ranges: [Range<UInt>] = []
    var current: Range<UInt>?
    for line in map.split(separator: "\n") {
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      guard let first = words.first else { continue }
      if !first.hasSuffix(":") {
        current = nil
        let bounds = first.split(separator: "-").compactMap { UInt($0, radix: 16) }
        if words.count >= 6, words[5].hasPrefix("/"), ["r-xp", "r--p"].contains(words[1]), bounds.count == 2,
          bounds[0] < bounds[1]
        {
          current = bounds[0]..<bounds[1]
        }
      } else if first == "Anonymous:", let range = current, words.count >= 2, words[1] == "0" {
        ranges.append(range)
      }
    }
    return ranges
  }
}
