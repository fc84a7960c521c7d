import CCurl

/// References to URLs, as in a Location header (RFC 9110 section 10.2.2).
package enum URLReference {
  /// Where a reference leads that was found at `base`; nil where that is neither http nor https, or no URL.
  ///
  /// Read by libcurl, so that what is judged is what will be sent. Blanks and bytes beyond ASCII are
  /// percent-encoded and dots in the path resolved; user, password and fragment are left out, also the base's.
  package static func resolve(_ reference: String, against base: String) -> String? {
    // Of an empty one libcurl would make the folder of the base, and of one with a zero what is before it.
    guard !reference.isEmpty, !reference.utf8.contains(0), let handle = curl_url() else { return nil }
    defer { curl_url_cleanup(handle) }
    let reading = UInt32(CURLU_URLENCODE | CURLU_ALLOW_SPACE)
    guard curl_url_set(handle, CURLUPART_URL, base, 0) == CURLUE_OK,
      curl_url_set(handle, CURLUPART_URL, reference, reading) == CURLUE_OK,
      let scheme = part(CURLUPART_SCHEME, of: handle), scheme == "http" || scheme == "https"
    else { return nil }
    for unwanted in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_FRAGMENT] {
      guard curl_url_set(handle, unwanted, nil, 0) == CURLUE_OK else { return nil }
    }
    return part(CURLUPART_URL, of: handle)
  }

  private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }
}
