import Model

/// The keys of everything that opens connections: `tls` and `proxy`. A section lists them among its own keys and
/// takes its `ConnectionOptions` from them.
package enum ConnectionKeys {
  /// `tls: {ca, cert, key}`.
  package static let tls = Key(
    "tls", .section(TLSFiles.self), defaultText: "the system's trust store",
    doc: "Certificates in PEM files: `ca` to trust, `cert` and `key` to present.")
  /// An HTTP or SOCKS proxy; its URL may hold a password.
  package static let proxy = Key(
    "proxy",
    ValueType<String>.url(schemes: ["http", "https", "socks5", "socks5h", "socks4", "socks4a"])
      .refine { url, node in SecretURL(url, parts: node.parts) }.described(
        example: "http://proxy.example.com:3128"),
    defaultText: "the usual environment variables", doc: "URL of a proxy.")

  /// Both, to be listed among a section's keys.
  package static let all: [AnyKey] = [AnyKey(tls), AnyKey(proxy)]

  /// What a section that lists `all` says of connections.
  package static func options(_ section: Section) -> ConnectionOptions {
    let files = section[tls]
    return ConnectionOptions(ca: files?.ca, cert: files?.cert, key: files?.key, proxy: section[proxy])
  }
}

/// `tls: {ca, cert, key}`: PEM files, all absolute paths of files that can be read.
package struct TLSFiles: ConfigSection {
  package enum Keys {
    static let ca = Key(
      "ca", .file, defaultText: "the system's trust store",
      doc: "Certificates that are trusted instead of the system's.")
    static let cert = Key("cert", .file, defaultText: "none", doc: "Client certificate; needs `key`.")
    static let key = Key("key", .file, defaultText: "none", doc: "Private key of the client certificate.")
  }

  package static let keys = [AnyKey(Keys.ca), AnyKey(Keys.cert), AnyKey(Keys.key)]

  package let ca: String?
  package let cert: String?
  package let key: String?

  package init?(_ section: Section) {
    ca = section[Keys.ca]
    cert = section[Keys.cert]
    key = section[Keys.key]
    switch (section.has(Keys.cert), section.has(Keys.key)) {
    case (true, false):
      section.node(at: Keys.cert)?.failAtKey(
        "\"cert\" needs the private key of the certificate", expected: "the key \"key\" beside it")
    case (false, true):
      section.node(at: Keys.key)?.failAtKey(
        "\"key\" needs the certificate it belongs to", expected: "the key \"cert\" beside it")
    default: break
    }
  }
}
