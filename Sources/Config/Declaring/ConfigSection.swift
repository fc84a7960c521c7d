/// A mapping with known keys.
package protocol ConfigSection: Sendable {
  /// All keys, in the order of the reference.
  static var keys: [AnyKey] { get }

  /// Takes its values out of a section whose keys are checked and read already. Answers nil only where an error
  /// was reported; checks that concern several keys report theirs here.
  init?(_ section: Section)
}
