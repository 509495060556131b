#include "http/tls.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"

#define CERTIFICATE_SIZE_MAX (64u << 10)
#define FINGERPRINT_SIZE 71u /* "sha256:" and 64 hex digits */

/* An option that libcurl was built without must not be left out in silence. */
#define SET(option, value) (code = code != CURLE_OK ? code : curl_easy_setopt(curl, option, value))

static CURLcode demand_anonymous(CURL *curl)
{
	CURLcode code = CURLE_OK;
	/* Only 1.2 and older have anonymous Diffie-Hellman; OpenSSL wants level 0 for it. */
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2 | (long)CURL_SSLVERSION_MAX_TLSv1_2);
	SET(CURLOPT_SSL_CIPHER_LIST, "aNULL:!eNULL:@SECLEVEL=0");
	return code;
}

static CURLcode demand_authority(CURL *curl, struct text ca_pem)
{
	CURLcode code = CURLE_OK;
	struct curl_blob blob = { .len = ca_pem.size, .flags = CURL_BLOB_COPY };
	memcpy(&blob.data, &ca_pem.at, sizeof(blob.data));
	SET(CURLOPT_CAINFO_BLOB, &blob);
	/* That CA alone: not also whoever the system trusts. */
	SET(CURLOPT_CAINFO, NULL);
	SET(CURLOPT_CAPATH, NULL);
	return code;
}

bool tls_demand(void *handle, const struct http_tls *tls, struct error *error)
{
	CURL *curl = handle;
	CURLcode code = CURLE_OK;
	bool pinned = tls->fingerprint.size > 0;
	long verify = tls->anonymous || pinned ? 0L : 1L;
	SET(CURLOPT_SSL_VERIFYPEER, verify);
	SET(CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	SET(CURLOPT_SSL_VERIFYSTATUS, 0L); /* a router staples nothing */
	SET(CURLOPT_SSL_ENABLE_ALPN, 0L);  /* HTTP/1.1, or no HTTP at all */
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
	SET(CURLOPT_CERTINFO, pinned ? 1L : 0L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2 | (long)CURL_SSLVERSION_MAX_DEFAULT);
	if (code == CURLE_OK && tls->anonymous)
		code = demand_anonymous(curl);
	else if (code == CURLE_OK && verify && tls->ca_pem.size > 0)
		code = demand_authority(curl, tls->ca_pem);
	if (code != CURLE_OK)
		return error_set(error, ERROR_FAILED, "libcurl lacks something that is needed (%s)",
				 curl_easy_strerror(code));
	return true;
}

/* ---- the pinned certificate ---- */

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The DER bytes between the lines of a PEM certificate; 0 when it is none or too large. */
static uint32_t certificate_bytes(struct text pem, unsigned char *out)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	uint32_t bits = 0, held = 0, size = 0;
	while (pem.size > 0 && !text_starts(pem, TEXT(begin)))
		pem = text_from(pem, 1);
	pem = text_from(pem, (uint32_t)sizeof(begin) - 1);
	for (uint32_t i = 0; i < pem.size && pem.at[i] != '-' && pem.at[i] != '='; i++) {
		int digit = base64_digit(pem.at[i]);
		if (digit < 0)
			continue; /* the line ends */
		held = (held << 6 | (uint32_t)digit) & 0xffffff;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		if (size == CERTIFICATE_SIZE_MAX)
			return 0;
		out[size++] = (unsigned char)(held >> bits & 0xff);
	}
	return size;
}

/* "sha256:…" of the peer's own certificate; false when libcurl does not show one. */
static bool peer_fingerprint(CURL *curl, char out[FINGERPRINT_SIZE + 1])
{
	struct curl_certinfo *chain = NULL;
	if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain ||
	    chain->num_of_certs < 1)
		return false;
	bool found = false;
	struct arena scratch;
	arena_open(&scratch, CERTIFICATE_SIZE_MAX + 4096);
	unsigned char *bytes = arena_take(&scratch, CERTIFICATE_SIZE_MAX);
	for (const struct curl_slist *item = chain->certinfo[0]; item && !found;
	     item = item->next) {
		struct text line = text_of(item->data);
		if (!text_starts(line, TEXT("Cert:")))
			continue;
		uint32_t size = certificate_bytes(line, bytes);
		if (size == 0)
			break;
		struct digest digest = digest_of((struct text){ (const char *)bytes, size });
		memcpy(out, "sha256:", 7);
		digest_hex(&digest, out + 7);
		found = true;
	}
	arena_close(&scratch);
	return found;
}

bool tls_check_pin(void *handle, struct text pinned, struct error *error)
{
	char seen[FINGERPRINT_SIZE + 1];
	if (!peer_fingerprint(handle, seen))
		return error_set(error, ERROR_DENIED,
				 "the router showed no certificate to compare with "
				 "the pinned fingerprint");
	if (!text_equal_nocase(text_of(seen), pinned))
		return error_set(error, ERROR_DENIED,
				 "the router's certificate is %s, not the pinned one: if it was "
				 "renewed, put the new fingerprint into tls.fingerprint",
				 seen);
	return true;
}

/* ---- where ---- */

static bool is_host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
}

bool tls_origin(char *out, uint32_t size, bool tls, struct text host, uint16_t port)
{
	bool is_ipv6 = false;
	if (text_starts(host, TEXT("[")) && text_ends(host, TEXT("]")))
		host = (struct text){ host.at + 1, host.size - 2 };
	/* From parts and checked, so that no character of a host can mean anything else. */
	for (uint32_t i = 0; i < host.size; i++) {
		if (!is_host_byte(host.at[i]))
			return false;
		is_ipv6 |= host.at[i] == ':';
	}
	if (host.size == 0 || host.size > 253)
		return false;
	int written = snprintf(out, size, is_ipv6 ? "%s://[%.*s]:%u" : "%s://%.*s:%u",
			       tls ? "https" : "http", TEXT_ARG(host), (unsigned)port);
	return written > 0 && (uint32_t)written < size;
}
