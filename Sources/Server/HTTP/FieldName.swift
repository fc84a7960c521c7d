import Hummingbird

/// A header's name.
typealias FieldName = HTTPFields.Element.Name
