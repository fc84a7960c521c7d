import CCurl
import Model

/// What one request sends: bytes, a part of a file, or what a source gives. Sets the options of an easy handle, and takes them back.
struct RequestBody {
  private(set) var file: FileUpload?
  private(set) var stream: StreamUpload?
  /// Stays where it is until the end of the request: libcurl may have to send it again.
  private var copy: UnsafeMutableRawPointer?

  var isEmpty: Bool { copy == nil && file == nil && stream == nil }

  mutating func set(_ bytes: [UInt8], method: String, on easy: UnsafeMutableRawPointer) {
    let copy = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
    bytes.withUnsafeBytes {
      copy.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(copy), byteCount: $0.count)
    }
    self.copy = copy
    ccurl_easy_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, bytes.count)
    ccurl_easy_set_pointer(easy, CURLOPT_POSTFIELDS, copy)
    if method != "POST" { ccurl_easy_set_string(easy, CURLOPT_CUSTOMREQUEST, method) }
  }

  mutating func set(_ file: FileUpload, method: String, on easy: UnsafeMutableRawPointer) {
    self.file = file
    var options = EasyOptions(easy)
    options.read(from: Unmanaged.passUnretained(file).toOpaque())
    upload(file.count, method: method, on: easy)
  }

  mutating func set(_ stream: StreamUpload, method: String, on easy: UnsafeMutableRawPointer) {
    self.stream = stream
    var options = EasyOptions(easy)
    options.read(fromStream: Unmanaged.passUnretained(stream).toOpaque())
    // Of unknown size: libcurl sends it in chunks.
    upload(stream.count ?? -1, method: method, on: easy)
  }

  private func upload(_ count: Int, method: String, on easy: UnsafeMutableRawPointer) {
    ccurl_easy_set_long(easy, CURLOPT_UPLOAD, 1)
    ccurl_easy_set_offset(easy, CURLOPT_INFILESIZE_LARGE, count)
    ccurl_easy_set_string(easy, CURLOPT_CUSTOMREQUEST, method)
  }

  /// Afterwards the handle sends nothing. `restoring` where the method's own options have to be set anew.
  mutating func clear(method: String, restoring: Bool, on easy: UnsafeMutableRawPointer) {
    if let copy {
      ccurl_easy_set_pointer(easy, CURLOPT_POSTFIELDS, nil)
      ccurl_easy_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, -1)
      if restoring { restore(method, on: easy) }
      copy.deallocate()
      self.copy = nil
    }
    if file != nil || stream != nil {
      // Left on, it would count for bytes that are sent later, too.
      ccurl_easy_set_long(easy, CURLOPT_UPLOAD, 0)
      ccurl_easy_set_offset(easy, CURLOPT_INFILESIZE_LARGE, -1)
      ccurl_easy_set_pointer(easy, CURLOPT_READDATA, nil)
      ccurl_easy_set_pointer(easy, CURLOPT_SEEKDATA, nil)
      restore(method, on: easy)
      file = nil
      stream = nil
    }
  }

  /// The handle is gone, and nothing is sent from here any more.
  func free() { copy?.deallocate() }

  private func restore(_ method: String, on easy: UnsafeMutableRawPointer) {
    var options = EasyOptions(easy)
    options.set(method: method)
  }
}
