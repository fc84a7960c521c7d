/// A YAML file read into a tree, and all that is wrong with it.
package struct YAMLDocument: Sendable {
  /// The tree; nil where the file holds nothing, or nothing of it can be read.
  package let root: YAMLNode?
  /// In the order in which they were found. After a syntax error nothing more is read; repeated keys, tags and
  /// the like are all reported.
  package let errors: [YAMLError]

  /// Reads one document of UTF-8 text.
  package init(_ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) {
    do throws(YAMLError) {
      let text = try YAMLText(bytes, limit: limits.bytes)
      var composer = YAMLComposer(text, limits: limits)
      root = composer.compose()
      errors = composer.errors
    } catch {
      root = nil
      errors = [error]
    }
  }
}
