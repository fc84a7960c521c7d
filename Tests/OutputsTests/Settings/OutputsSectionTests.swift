import Config
import Model
import TestSupport
import Testing

@testable import Outputs

/// A source's section, here of outputs alone.
private struct SourceSection: ConfigSection {
  static let outputs = Key("outputs", .section(OutputsSection.self), doc: "Outputs.")
  static let keys = [AnyKey(outputs)]
  let outputs: OutputsSection?
  init?(_ section: Section) { outputs = section[Self.outputs] }
}

@Suite struct OutputsSectionTests {
  private static func read(
    _ yaml: String, environment: [String: String] = [:]
  ) -> (settings: OutputSettings?, errors: [String], section: OutputsSection?) {
    let diagnostics = Diagnostics()
    let root = ConfigFile.parse(
      Array("outputs: {\(yaml)}".utf8), name: "c", folder: "/etc/hooks", environment: environment,
      diagnostics: diagnostics)
    let section = root?.read(SourceSection.self)?.outputs
    return (section?.settings, diagnostics.errors.map { String($0.description.dropFirst(2)) }, section)
  }

  private static let keys = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "wJalr"]

  private static func bucket(_ yaml: String, _ environment: [String: String] = keys) throws -> S3Bucket {
    let reading = read(yaml, environment: environment)
    #expect(reading.errors == [])
    guard case .bucket(let bucket) = try #require(reading.settings).target else { throw CancellationError() }
    return bucket
  }

  @Test func aFolderIsEnough() throws {
    let reading = Self.read("save_to: out")
    #expect(reading.errors == [])
    let settings = try #require(reading.settings)
    #expect(settings.target == .folder("/etc/hooks/out") && settings.target.prefix == "/etc/hooks/out/")
    #expect(settings.holdsHooks && settings.limit == nil && settings.connections == 4)
    #expect(settings.giveUpAfter == .seconds(21600) && settings.allowed == [])
  }

  @Test func allOfIt() throws {
    let reading = Self.read(
      """
      save_to: /srv/media, name: "{{id}}-{{number}}{{extension}}", hold_hooks: false, limit: 10GiB,
        connections: 8, give_up_after: 30m, allow: [10.0.0.0/8, media.internal]
      """)
    #expect(reading.errors == [])
    let settings = try #require(reading.settings)
    #expect(settings.target == .folder("/srv/media") && !settings.holdsHooks && settings.limit == 10 << 30)
    #expect(
      settings.connections == 8 && settings.giveUpAfter == .seconds(1800) && settings.allowed.count == 2)
  }

  @Test func aBucketTakesItsKeyFromTheEnvironment() throws {
    let bucket = try Self.bucket("save_to: 's3://media/a//b/'")
    #expect(bucket.name == "media" && bucket.prefix == "a/b" && bucket.endpoint == nil)
    #expect(bucket.signing == AWSSigning(accessKey: "AKID", secretKey: Secret("wJalr"), region: "us-east-1"))
    #expect(bucket.sessionToken == nil)
    #expect(bucket.path("x/0.mp4") == "s3://media/a/b/x/0.mp4")
  }

  @Test func theEnvironmentsOtherVariables() throws {
    var environment = Self.keys
    environment["AWS_SESSION_TOKEN"] = "token"
    environment["AWS_DEFAULT_REGION"] = "eu-west-1"
    environment["AWS_REGION"] = ""
    environment["AWS_ENDPOINT_URL"] = "http://localhost:9000/"
    var bucket = try Self.bucket("save_to: 's3://media'", environment)
    #expect(bucket.endpoint == "http://localhost:9000" && bucket.signing.region == "eu-west-1")
    #expect(bucket.sessionToken == Secret("token") && bucket.prefix == "" && bucket.key("x") == "x")
    environment["AWS_REGION"] = "eu-north-1"
    environment["AWS_ENDPOINT_URL_S3"] = "http://localhost:9001"
    bucket = try Self.bucket("save_to: 's3://media'", environment)
    #expect(bucket.endpoint == "http://localhost:9001" && bucket.signing.region == "eu-north-1")
    // A token belongs to its own key.
    let own =
      "save_to: 's3://media', s3: {access_key_id: MINE, secret_access_key: k, region: r, endpoint: 'https://s3.example'}"
    bucket = try Self.bucket(own, environment)
    #expect(bucket.sessionToken == nil && bucket.endpoint == "https://s3.example")
    #expect(bucket.signing == AWSSigning(accessKey: "MINE", secretKey: Secret("k"), region: "r"))
  }

  @Test func whatIsSecret() throws {
    let reading = Self.read(
      "save_to: 's3://media', s3: {session_token: tok-123456}",
      environment: Self.keys)
    #expect(reading.errors == [])
    #expect(reading.section?.secrets == ["wJalr", "tok-123456"].map { Secret($0) })
  }

  @Test(arguments: [
    ("media", "", "https://media.s3.eu-west-1.amazonaws.com/a%20b/%C3%BC%2B.mp4"),
    ("my.media", "", "https://s3.eu-west-1.amazonaws.com/my.media/a%20b/%C3%BC%2B.mp4"),
    ("media", "https://s3.example/x", "https://s3.example/x/media/a%20b/%C3%BC%2B.mp4"),
  ])
  func theAddressOfAKey(name: String, endpoint: String, url: String) {
    let bucket = S3Bucket(
      name: name, endpoint: endpoint.isEmpty ? nil : endpoint,
      signing: AWSSigning(accessKey: "a", secretKey: Secret("b"), region: "eu-west-1"))
    #expect(bucket.url(ofKey: "a b/ü+.mp4") == url)
  }

  @Test(arguments: [
    ("name: x", "1:1: outputs: the key \"save_to\" is missing. Expected: a folder, or s3://BUCKET/PREFIX"),
    (
      "save_to: out, s3: {region: x}",
      "1:25: outputs.s3: s3 stands beside a folder. Expected: s3 only where save_to is s3://BUCKET/PREFIX"
    ),
    (
      "save_to: 'gs://media'",
      "1:20: outputs.save_to: \"gs://media\" is no address that files can be kept at. Expected: a folder, or s3://BUCKET/PREFIX"
    ),
    ("save_to: 's3://'", "1:20: outputs.save_to: \"s3://\" names no bucket. Expected: s3://BUCKET/PREFIX"),
    (
      "save_to: 's3://a b/c'",
      "1:20: outputs.save_to: \"s3://a b/c\" names no bucket that can be: letters, digits and - . _, 3 at least. Expected: s3://BUCKET/PREFIX"
    ),
    (
      "save_to: 's3://media/../x'",
      "1:20: outputs.save_to: \"s3://media/../x\" has \".\" or \"..\" in its path. Expected: s3://BUCKET/PREFIX"
    ),
    (
      "save_to: 's3://media'",
      "1:20: outputs.save_to: no key is given: neither s3.access_key_id nor AWS_ACCESS_KEY_ID in the environment"
    ),
    (
      "save_to: 's3://media', s3: {access_key_id: A}",
      "1:20: outputs.save_to: no key is given: neither s3.secret_access_key nor AWS_SECRET_ACCESS_KEY in the environment"
    ),
    (
      "save_to: 's3://media', s3: {access_key_id: A, secret_access_key: B, endpoint: 'http://x?y'}",
      "1:89: outputs.s3.endpoint: an endpoint has no user, query or fragment"
    ),
    (
      "save_to: out, connections: 65",
      "1:38: outputs.connections: \"65\" is out of range. Expected: a whole number from 1 to 64"
    ),
    (
      "save_to: out, name: '{{idd}}'",
      "1:31: outputs.name: there is no field \"idd\"; did you mean \"id\"?"
    ),
    (
      "save_to: /etc/passwd",
      "1:20: outputs.save_to: \"/etc/passwd\" is no folder. Expected: a folder, which may not be there yet"
    ),
    ("save_to: out, to: x", "1:25: outputs.to: unknown key"),
  ])
  func saysWhatIsWrong(yaml: String, error: String) {
    let errors = Self.read(yaml).errors
    #expect(errors.count == 1 && errors.first?.hasPrefix(error) == true, "\(errors)")
  }

  @Test func anEndpointOfTheEnvironmentIsChecked() {
    let environment = Self.keys.merging(["AWS_ENDPOINT_URL": "localhost:9000"]) { $1 }
    let errors = Self.read("save_to: 's3://media'", environment: environment).errors
    #expect(errors == ["1:1: outputs.s3: the URL in the environment's AWS_ENDPOINT_URL has no scheme"])
    // For a folder it means nothing.
    #expect(Self.read("save_to: out", environment: environment).errors == [])
  }
}
