/// What AWS KMS is asked to do; the names are its own.
enum KMSOperation: String, Hashable, Sendable {
    case encrypt = "Encrypt"
    case decrypt = "Decrypt"
    case describeKey = "DescribeKey"
    case disableKey = "DisableKey"
    case enableKey = "EnableKey"
    case scheduleKeyDeletion = "ScheduleKeyDeletion"
    case cancelKeyDeletion = "CancelKeyDeletion"
    case getKeyRotationStatus = "GetKeyRotationStatus"
    case listKeyRotations = "ListKeyRotations"
    case getKeyLastUsage = "GetKeyLastUsage"
    case listKeys = "ListKeys"
    case listAliases = "ListAliases"
}
