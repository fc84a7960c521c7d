import CCurl
import Model

/// What one request sends: bytes, or a part of a file. Sets the options of an easy handle, and takes them back.
struct RequestBody {
  private(set) var file: FileUpload?
  /// Stays where it is until the end of the request: libcurl may have to send it again.
  private var copy: UnsafeMutableRawPointer?

  var isEmpty: Bool { copy == nil && file == nil }

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
    ccurl_easy_set_long(easy, CURLOPT_UPLOAD, 1)
    ccurl_easy_set_offset(easy, CURLOPT_INFILESIZE_LARGE, file.count)
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
    if file != nil {
      // Left on, it would count for bytes that are sent later, too.
      ccurl_easy_set_long(easy, CURLOPT_UPLOAD, 0)
      ccurl_easy_set_offset(easy, CURLOPT_INFILESIZE_LARGE, -1)
      ccurl_easy_set_pointer(easy, CURLOPT_READDATA, nil)
      ccurl_easy_set_pointer(easy, CURLOPT_SEEKDATA, nil)
      restore(method, on: easy)
      file = nil
    }
  }

  /// The handle is gone, and nothing is sent from here any more.
  func free() { copy?.deallocate() }

  private func restore(_ method: String, on easy: UnsafeMutableRawPointer) {
    var options = EasyOptions(easy)
    options.set(method: method)
  }
}
