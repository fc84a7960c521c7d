package enum Taskhook { package static let version = "0.1.0" }
