import Config
import Model
import Testing

@testable import Providers

@Suite struct ProviderKeysTests {
  @Test func aWholeSource() throws {
    let (settings, errors) = Fixtures.source(
      """
      provider: runway
      base_url: https://gateway.example.com/comet/
      api_key: ${KEY}
      headers: {X-Runway-Version: 2024-11-06, X-Team: "${TEAM}"}
      proxy: http://user:pw@proxy:3128
      stalled_after: 5m
      """, environment: ["KEY": "sk-1", "TEAM": "blue team"])
    #expect(errors.isEmpty)
    let read = try #require(settings)
    #expect(read.baseURL.description == "https://gateway.example.com/comet")
    #expect(read.baseURL.host == "gateway.example.com")
    #expect(read.apiKey == Secret("sk-1"))
    #expect(
      read.headers.map { "\($0.name): \($0.value.reveal())" } == [
        "X-Runway-Version: 2024-11-06", "X-Team: blue team",
      ])
    #expect(read.connection.proxy?.reveal() == "http://user:pw@proxy:3128")
    #expect(!"\(read)".contains("sk-1") && !"\(read)".contains("blue team") && !"\(read)".contains("pw@"))
  }

  @Test func theLeast() {
    let (settings, errors) = Fixtures.source("provider: runway")
    #expect(errors.isEmpty)
    #expect(settings?.baseURL.description == "https://api.cometapi.com")
    #expect(settings?.apiKey == nil && settings?.headers.isEmpty == true)
  }

  @Test(arguments: [
    ("provider: runwya", "c.yaml:1:11: provider: \"runwya\" is none of these; did you mean \"runway\"?"),
    ("provider: https", "c.yaml:1:11: provider: \"https\" is none of these; did you mean \"http\"?"),
    ("api_key: k", "the key \"provider\" is missing"),
    ("provider: runway\napikey: k", "c.yaml:2:1: apikey: unknown key; did you mean \"api_key\"?"),
    ("provider: runway\noutputs: {}", "c.yaml:2:1: outputs: unknown key"),
    ("provider: runway\nbase_url: api.cometapi.com", "c.yaml:2:11: base_url: the URL has no scheme"),
    ("provider: runway\nbase_url: ftp://a.b", "the URL has another scheme"),
    ("provider: runway\nbase_url: 'https://'", "the URL has no host"),
    ("provider: runway\nbase_url: https://u:hunter2@a.b", "the URL holds a user or password"),
    ("provider: runway\nbase_url: https://a.b/?key=hunter2", "the URL has a query"),
    ("provider: runway\nbase_url: 'https://a.b/#x'", "the URL has a fragment"),
    ("provider: runway\nbase_url: https://a.b/c/../d", "has \".\" or \"..\" in its path"),
    ("provider: runway\nbase_url: https://a.b/ä", "need percent-encoding"),
    ("provider: runway\nbase_url: https://a.b:99999", "no port number"),
    ("provider: runway\nbase_url: [https://a.b]", "c.yaml:2:11: base_url: a list stands here"),
    ("provider: runway\napi_key: ''", "c.yaml:2:10: api_key: the secret is empty"),
    ("provider: runway\napi_key: Bearer hunter2", "the key begins with \"Bearer\""),
    ("provider: runway\napi_key: \"hunter2\\n\"", "the key has a line break in it"),
    ("provider: runway\napi_key: hunter2 x", "the key has white space in it"),
    ("provider: runway\napi_key: hünter2", "the key has characters other than printable ASCII"),
    ("provider: runway\napi_key: ${NOT_SET}", "NOT_SET"),
    ("provider: runway\nheaders: {'X Y': hunter2}", "c.yaml:2:11: headers.\"X Y\": the name is no name"),
    ("provider: runway\nheaders: {'': hunter2}", "a key is missing"),
    ("provider: runway\nheaders: {'X:': hunter2}", "is no name of a header"),
    ("provider: runway\nheaders: {'Xé': hunter2}", "is no name of a header"),
    ("provider: runway\nheaders: {X: \"hunter2\\r\\nY: z\"}", "the value has a line break in it"),
    ("provider: runway\nheaders: {X: \"hunter2\\0\"}", "the value has a control character in it"),
    ("provider: runway\nheaders: {X: \" hunter2\"}", "the value begins or ends with white space"),
    ("provider: runway\nheaders: {X: ''}", "the secret is empty"),
    ("provider: runway\nheaders: {X: a, x: b}", "c.yaml:2:17: headers.x: the header is there twice"),
    ("provider: runway\nheaders: {Transfer-Encoding: chunked}", "is a header that taskhook writes itself"),
    ("provider: runway\nheaders: [X]", "a list stands here"),
    (
      "provider: runway\napi_key: k\nheaders: {authorization: hunter2}",
      "c.yaml:3:11: headers.authorization: api_key sets this header already"
    ),
  ])
  func mistakesAreNamed(yaml: String, message: String) {
    let (_, errors) = Fixtures.source(yaml)
    #expect(errors.contains { $0.contains(message) }, "\(errors)")
    #expect(!errors.contains { $0.contains("hunter2") || $0.contains("hünter2") }, "\(errors)")
  }

  @Test func allMistakesAreToldAtOnce() {
    let (_, errors) = Fixtures.source("provider: x\nbase_url: y\napi_key: ''\nheaders: {'a b': c}\nzzz: 1")
    #expect(errors.count == 5, "\(errors)")
  }
}
