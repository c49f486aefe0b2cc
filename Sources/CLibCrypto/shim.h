#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

// Calls that take parameter lists. Made here, since Swift imports the names in them as strings of its own: the pointers that
// it lends for those are void as soon as one parameter is constructed, before the list is used.
static inline int crypto_hkdf(EVP_KDF *algorithm, const char *mode, const unsigned char *key, size_t key_count,
    const unsigned char *salt, size_t salt_count, const unsigned char *info, size_t info_count,
    unsigned char *out, size_t count) {
    OSSL_PARAM list[6], *next = list;
    *next++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA256", 0);
    *next++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MODE, (char *)mode, 0);
    *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, key_count);
    if (salt_count > 0) *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_count);
    if (info_count > 0) *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_count);
    *next = OSSL_PARAM_construct_end();
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(algorithm);
    int result = context ? EVP_KDF_derive(context, out, count, list) : 0;
    EVP_KDF_CTX_free(context);
    return result;
}

static inline int crypto_scrypt(EVP_KDF *algorithm, const unsigned char *passphrase, size_t passphrase_count,
    const unsigned char *salt, size_t salt_count, uint64_t n, uint32_t r, uint32_t p, uint64_t memory,
    unsigned char *out, size_t count) {
    OSSL_PARAM list[7], *next = list;
    *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, (void *)passphrase, passphrase_count);
    *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_count);
    *next++ = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n);
    *next++ = OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r);
    *next++ = OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p);
    *next++ = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory);
    *next = OSSL_PARAM_construct_end();
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(algorithm);
    int result = context ? EVP_KDF_derive(context, out, count, list) : 0;
    EVP_KDF_CTX_free(context);
    return result;
}

static inline int crypto_hmac_sha256_init(EVP_MAC_CTX *context, const unsigned char *key, size_t count) {
    OSSL_PARAM list[2];
    list[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0);
    list[1] = OSSL_PARAM_construct_end();
    return EVP_MAC_init(context, key, count, list);
}
