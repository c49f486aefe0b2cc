extension Unicode.Scalar {
    /// What steers a terminal or the reader's eye instead of being seen: controls, bidirectional overrides, invisible marks. Names come
    /// from files and stores, so whoever can write there chooses them.
    package var isInvisible: Bool {
        if value < 0x7f { return value < 0x20 }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: return true
        default: return properties.isDefaultIgnorableCodePoint
        }
    }
}
