import YAML

/// A place in a config file: line and column from 1, columns in characters (Unicode scalars).
package typealias TextPosition = YAML.TextPosition
