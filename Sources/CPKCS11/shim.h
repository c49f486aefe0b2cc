// The part of PKCS#11 2.40 that Holdfast uses, and calls that need no attribute templates on Swift's side.
// Names, numbers and the order of the functions: OASIS, "PKCS #11 Cryptographic Token Interface Base Specification 2.40".
#include <dlfcn.h>
#include <string.h>

typedef unsigned long CK_ULONG;
typedef CK_ULONG CK_RV;
typedef struct { CK_ULONG type; void *value; CK_ULONG length; } CK_ATTRIBUTE;
typedef struct { CK_ULONG mechanism; void *parameter; CK_ULONG length; } CK_MECHANISM;
typedef struct { void *create, *destroy, *lock, *unlock; CK_ULONG flags; void *reserved; } CK_C_INITIALIZE_ARGS;
typedef struct { unsigned char *iv; CK_ULONG ivLength, ivBits; unsigned char *aad; CK_ULONG aadLength, tagBits; } CK_GCM_PARAMS;
typedef struct { unsigned char label[32], others[176]; } CK_TOKEN_INFO;

typedef struct {
    unsigned char version[2];
    CK_RV (*C_Initialize)(void *);
    void *C_Finalize, *C_GetInfo, *C_GetFunctionList;
    CK_RV (*C_GetSlotList)(unsigned char, CK_ULONG *, CK_ULONG *);
    void *C_GetSlotInfo;
    CK_RV (*C_GetTokenInfo)(CK_ULONG, CK_TOKEN_INFO *);
    void *C_GetMechanismList, *C_GetMechanismInfo, *C_InitToken, *C_InitPIN, *C_SetPIN;
    CK_RV (*C_OpenSession)(CK_ULONG, CK_ULONG, void *, void *, CK_ULONG *);
    CK_RV (*C_CloseSession)(CK_ULONG);
    void *C_CloseAllSessions, *C_GetSessionInfo, *C_GetOperationState, *C_SetOperationState;
    CK_RV (*C_Login)(CK_ULONG, CK_ULONG, const unsigned char *, CK_ULONG);
    void *C_Logout;
    CK_RV (*C_CreateObject)(CK_ULONG, CK_ATTRIBUTE *, CK_ULONG, CK_ULONG *);
    void *C_CopyObject;
    CK_RV (*C_DestroyObject)(CK_ULONG, CK_ULONG);
    void *C_GetObjectSize;
    CK_RV (*C_GetAttributeValue)(CK_ULONG, CK_ULONG, CK_ATTRIBUTE *, CK_ULONG);
    CK_RV (*C_SetAttributeValue)(CK_ULONG, CK_ULONG, CK_ATTRIBUTE *, CK_ULONG);
    CK_RV (*C_FindObjectsInit)(CK_ULONG, CK_ATTRIBUTE *, CK_ULONG);
    CK_RV (*C_FindObjects)(CK_ULONG, CK_ULONG *, CK_ULONG, CK_ULONG *);
    CK_RV (*C_FindObjectsFinal)(CK_ULONG);
    CK_RV (*C_EncryptInit)(CK_ULONG, CK_MECHANISM *, CK_ULONG);
    CK_RV (*C_Encrypt)(CK_ULONG, const unsigned char *, CK_ULONG, unsigned char *, CK_ULONG *);
    void *C_EncryptUpdate, *C_EncryptFinal;
    CK_RV (*C_DecryptInit)(CK_ULONG, CK_MECHANISM *, CK_ULONG);
    CK_RV (*C_Decrypt)(CK_ULONG, const unsigned char *, CK_ULONG, unsigned char *, CK_ULONG *);
} CK_FUNCTION_LIST;

enum {
    CKR_OK = 0, CKR_GENERAL_ERROR = 0x05, CKR_FUNCTION_FAILED = 0x06, CKR_DATA_INVALID = 0x20, CKR_ENCRYPTED_DATA_INVALID = 0x40,
    CKR_ENCRYPTED_DATA_LEN_RANGE = 0x41, CKR_KEY_FUNCTION_NOT_PERMITTED = 0x68, CKR_OBJECT_HANDLE_INVALID = 0x82,
    CKR_PIN_INCORRECT = 0xa0, CKR_PIN_LOCKED = 0xa4, CKR_TOKEN_NOT_PRESENT = 0xe0, CKR_USER_ALREADY_LOGGED_IN = 0x100,
    CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191,
    CKO_DATA = 0, CKO_SECRET_KEY = 4, CKK_AES = 0x1f, CKM_AES_GCM = 0x1087,
    CKA_CLASS = 0, CKA_TOKEN = 1, CKA_PRIVATE = 2, CKA_LABEL = 3, CKA_APPLICATION = 0x10, CKA_VALUE = 0x11, CKA_KEY_TYPE = 0x100,
    CKA_ID = 0x102, CKA_ENCRYPT = 0x104, CKA_DECRYPT = 0x105, CKA_VALUE_LEN = 0x161, CKA_EXTRACTABLE = 0x162,
    CKA_NEVER_EXTRACTABLE = 0x164,
};

/// Loads and initialises a module once; NULL, and why in `problem`, where that fails.
static inline const CK_FUNCTION_LIST *p11_load(const char *path, const char **problem) {
    CK_FUNCTION_LIST *list = NULL;
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = module ? dlsym(module, "C_GetFunctionList") : NULL;
    if (!symbol) { *problem = dlerror(); return NULL; }
    CK_RV (*get)(CK_FUNCTION_LIST **);
    memcpy(&get, &symbol, sizeof get);
    *problem = "this is no PKCS#11 module of version 2.20 or later";
    if (get(&list) != CKR_OK || !list || list->version[0] < 2 || (list->version[0] == 2 && list->version[1] < 20)) return NULL;
    *problem = "C_Initialize fails: is the module set up?";
    CK_C_INITIALIZE_ARGS arguments = {.flags = 2}; // CKF_OS_LOCKING_OK
    CK_RV answer = list->C_Initialize(&arguments);
    return answer == CKR_OK || answer == CKR_CRYPTOKI_ALREADY_INITIALIZED ? list : NULL;
}

/// The slot of the one token with this label, of 32 bytes, padded with blanks.
static inline CK_RV p11_slot(const CK_FUNCTION_LIST *list, const unsigned char *label, CK_ULONG *slot) {
    CK_ULONG slots[64], count = 64, found = 0;
    CK_RV answer = list->C_GetSlotList(1, slots, &count);
    if (answer != CKR_OK) return answer;
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO info;
        if (list->C_GetTokenInfo(slots[i], &info) == CKR_OK && !memcmp(info.label, label, 32)) { *slot = slots[i]; found++; }
    }
    return found == 1 ? CKR_OK : CKR_TOKEN_NOT_PRESENT;
}

static inline CK_RV p11_open(const CK_FUNCTION_LIST *list, CK_ULONG slot, CK_ULONG *session) {
    return list->C_OpenSession(slot, 6, NULL, NULL, session); // CKF_SERIAL_SESSION | CKF_RW_SESSION
}

/// Up to `limit` objects of a class on the token. Text and id narrow it down where they are not empty.
static inline CK_RV p11_find(
    const CK_FUNCTION_LIST *list, CK_ULONG session, CK_ULONG class_, const void *label, CK_ULONG labelLength, const void *id,
    CK_ULONG idLength, CK_ULONG *objects, CK_ULONG limit, CK_ULONG *count) {
    unsigned char yes = 1;
    CK_ATTRIBUTE wanted[5] = {{CKA_CLASS, &class_, sizeof class_}, {CKA_TOKEN, &yes, 1}};
    CK_ULONG n = 2;
    if (class_ == CKO_DATA) wanted[n++] = (CK_ATTRIBUTE){CKA_APPLICATION, (void *)"holdfast", 8};
    if (labelLength) wanted[n++] = (CK_ATTRIBUTE){CKA_LABEL, (void *)label, labelLength};
    if (idLength) wanted[n++] = (CK_ATTRIBUTE){CKA_ID, (void *)id, idLength};
    CK_RV answer = list->C_FindObjectsInit(session, wanted, n);
    if (answer != CKR_OK) return answer;
    for (*count = 0; *count < limit;) {
        CK_ULONG more = 0;
        answer = list->C_FindObjects(session, objects + *count, limit - *count, &more);
        if (answer != CKR_OK || !more) break;
        *count += more;
    }
    list->C_FindObjectsFinal(session);
    return answer;
}

/// One attribute: at most `*length` bytes of it.
static inline CK_RV p11_get(
    const CK_FUNCTION_LIST *list, CK_ULONG session, CK_ULONG object, CK_ULONG type, void *value, CK_ULONG *length) {
    CK_ATTRIBUTE attribute = {type, value, *length};
    CK_RV answer = list->C_GetAttributeValue(session, object, &attribute, 1);
    *length = attribute.length;
    return answer;
}

/// Lets a key encrypt and decrypt, or neither.
static inline CK_RV p11_permit(const CK_FUNCTION_LIST *list, CK_ULONG session, CK_ULONG key, unsigned char isAllowed) {
    CK_ATTRIBUTE attributes[] = {{CKA_ENCRYPT, &isAllowed, 1}, {CKA_DECRYPT, &isAllowed, 1}};
    return list->C_SetAttributeValue(session, key, attributes, 2);
}

/// A private data object of ours on the token.
static inline CK_RV p11_note(
    const CK_FUNCTION_LIST *list, CK_ULONG session, const void *label, CK_ULONG labelLength, const void *value, CK_ULONG length) {
    CK_ULONG class_ = CKO_DATA, object;
    unsigned char yes = 1;
    CK_ATTRIBUTE attributes[] = {
        {CKA_CLASS, &class_, sizeof class_}, {CKA_TOKEN, &yes, 1}, {CKA_PRIVATE, &yes, 1},
        {CKA_APPLICATION, (void *)"holdfast", 8}, {CKA_LABEL, (void *)label, labelLength}, {CKA_VALUE, (void *)value, length}};
    return list->C_CreateObject(session, attributes, 6, &object);
}

/// AES-GCM with an IV of 12 bytes and a tag of 16 behind the ciphertext. A failure to begin is told apart by `*hasBegun`.
static inline CK_RV p11_gcm(
    const CK_FUNCTION_LIST *list, CK_ULONG session, CK_ULONG key, int isSealing, const void *iv, const void *aad, CK_ULONG aadLength,
    const void *input, CK_ULONG inputLength, void *output, CK_ULONG *outputLength, int *hasBegun) {
    CK_GCM_PARAMS parameters = {(unsigned char *)iv, 12, 96, (unsigned char *)aad, aadLength, 128};
    CK_MECHANISM mechanism = {CKM_AES_GCM, &parameters, sizeof parameters};
    CK_RV answer = isSealing ? list->C_EncryptInit(session, &mechanism, key) : list->C_DecryptInit(session, &mechanism, key);
    *hasBegun = answer == CKR_OK;
    if (answer != CKR_OK) return answer;
    return isSealing ? list->C_Encrypt(session, input, inputLength, output, outputLength)
                     : list->C_Decrypt(session, input, inputLength, output, outputLength);
}
static inline CK_RV p11_login(const CK_FUNCTION_LIST *list, CK_ULONG session, const void *pin, CK_ULONG length) {
    return list->C_Login(session, 1, pin, length); // CKU_USER
}
static inline CK_RV p11_destroy(const CK_FUNCTION_LIST *list, CK_ULONG session, CK_ULONG object) {
    return list->C_DestroyObject(session, object);
}
static inline void p11_close(const CK_FUNCTION_LIST *list, CK_ULONG session) { list->C_CloseSession(session); }
