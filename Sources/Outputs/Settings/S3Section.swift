import Config
import Model

/// `s3:` within `outputs`: how the storage is reached. What is left out comes from the environment variables that
/// Amazon's own tools take.
struct S3Section: ConfigSection {
  enum Keys {
    static let endpoint = Key(
      "endpoint", ValueType<String>.url.described(example: "https://s3.example.com"),
      defaultText: "`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, else Amazon's own",
      doc: "URL of a storage that speaks S3: MinIO, R2, B2, Ceph….")
    static let region = Key(
      "region", ValueType<String>.string.described(example: "us-east-1"),
      defaultText: "`AWS_REGION`, `AWS_DEFAULT_REGION`, else `us-east-1`", doc: "The bucket's region.")
    static let accessKeyID = Key(
      "access_key_id", ValueType<String>.string.described(example: "${AWS_ACCESS_KEY_ID}"),
      defaultText: "`AWS_ACCESS_KEY_ID`", doc: "Which key signs the requests.")
    static let secretAccessKey = Key(
      "secret_access_key", ValueType<Secret>.secret.described(example: "${AWS_SECRET_ACCESS_KEY}"),
      defaultText: "`AWS_SECRET_ACCESS_KEY`", doc: "The key itself.")
    static let sessionToken = Key(
      "session_token", ValueType<Secret>.secret.described(example: "${AWS_SESSION_TOKEN}"),
      defaultText: "`AWS_SESSION_TOKEN`, where the key comes from the environment too",
      doc: "Belongs to a key that lasts for a time only.")
  }

  static let keys: [AnyKey] = [
    AnyKey(Keys.endpoint), AnyKey(Keys.region), AnyKey(Keys.accessKeyID), AnyKey(Keys.secretAccessKey),
    AnyKey(Keys.sessionToken),
  ]

  let endpoint: String?
  let signing: AWSSigning?
  let sessionToken: Secret?
  /// Why nothing can be signed; nil where it can.
  let missing: String?

  init?(_ section: Section) {
    let environment = section.node.context.environment.filter { !$0.value.isEmpty }
    let variable = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].first { environment[$0] != nil }
    var endpoint = section[Keys.endpoint] ?? variable.flatMap { environment[$0] }
    if !section.has(Keys.endpoint), let variable, let url = endpoint,
      let refusal = URLText.refusal(of: url, schemes: ["http", "https"])
    {
      section.fail("the URL in the environment's \(variable) \(refusal)")
      return nil
    }
    if endpoint?.contains(where: { $0 == "?" || $0 == "#" || $0 == "@" }) == true {
      section.fail(at: Keys.endpoint, "an endpoint has no user, query or fragment")
      return nil
    }
    while endpoint?.hasSuffix("/") == true { endpoint?.removeLast() }
    self.endpoint = endpoint
    let id = section[Keys.accessKeyID] ?? environment["AWS_ACCESS_KEY_ID"]
    let key = section[Keys.secretAccessKey] ?? environment["AWS_SECRET_ACCESS_KEY"].map { Secret($0) }
    let region = section[Keys.region] ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
    let isFromEnvironment = !section.has(Keys.accessKeyID) && !section.has(Keys.secretAccessKey)
    sessionToken =
      section[Keys.sessionToken]
      ?? (isFromEnvironment ? environment["AWS_SESSION_TOKEN"].map { Secret($0) } : nil)
    switch (id, key) {
    case (let id?, let key?):
      signing = AWSSigning(accessKey: id, secretKey: key, region: region ?? "us-east-1")
      missing = nil
    case (nil, _):
      signing = nil
      missing = "no key is given: neither s3.access_key_id nor AWS_ACCESS_KEY_ID in the environment"
    case (_, nil):
      signing = nil
      missing = "no key is given: neither s3.secret_access_key nor AWS_SECRET_ACCESS_KEY in the environment"
    }
  }
}
