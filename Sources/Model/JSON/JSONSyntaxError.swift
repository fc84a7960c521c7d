/// Why a text is not JSON, and where.
package struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Bytes before the offending one; the length of the text where it ended too soon.
  package var offset: Int
  package var problem: Problem

  package enum Problem: String, Sendable {
    case empty = "the text is empty"
    case endsTooSoon = "the text ends too soon"
    case expectedValue = "a value was expected"
    case expectedKey = "a key in quotes was expected"
    case expectedColon = "\":\" was expected after a key"
    case expectedCommaOrBracket = "\",\" or \"]\" was expected"
    case expectedCommaOrBrace = "\",\" or \"}\" was expected"
    case badNumber = "a number is not spelt as JSON spells it"
    case badEscape = "a string has an escape that JSON does not know"
    case controlCharacter = "a string has a control character in it"
    case notUTF8 = "a string is not UTF-8"
    case tooDeep = "values are nested too deeply"
    case tooLong = "the text is longer than 4 GiB"
    case trailing = "something follows the value"
  }

  package init(_ problem: Problem, at offset: Int) {
    self.problem = problem
    self.offset = offset
  }

  package var description: String { "\(problem.rawValue) (byte \(offset))" }
}
