import Testing

@testable import HTTP

@Suite struct PlaceTests {
  @Test(arguments: [
    ("http://127.0.0.1:8080/secret?token=x", "127.0.0.1:8080"),
    ("https://hooks.slack.com/services/T0/B0/xyz", "hooks.slack.com:443"),
    ("HTTP://host", "host:80"),
    ("http://user:p%40ss@host:1/", "host:1"),
    ("http://user:p@ss@host/", "host:80"),
    ("http://[::1]:9/x", "[::1]:9"),
    ("https://[::1]/x", "[::1]:443"),
    ("http://host?query=1", "host:80"),
    ("http://host#part", "host:80"),
    ("http://ho\r\nst/", "host:80"),
    ("http:///path", "a URL without a host"),
    ("secret", "a URL without a scheme"),
  ])
  func saysHostAndPortAlone(url: String, place: String) {
    #expect(Place(of: url).description == place)
  }
}
