// Placeholder, replaced by the first file of this module.
@main struct Main { static func main() {} }
