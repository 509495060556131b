#include "peer.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/digest.h"

#define DAY_S 86400L

/* ---- certificates ---- */

static void add_extension(X509 *certificate, X509 *issuer, int kind, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
	assert_non_null(extension);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static X509 *certificate_new(EVP_PKEY *key, const char *name)
{
	static long serial = 1;
	X509 *certificate = X509_new();
	assert_non_null(certificate);
	(void)X509_set_version(certificate, 2);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
	(void)X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
	(void)X509_gmtime_adj(X509_getm_notAfter(certificate), DAY_S);
	(void)X509_set_pubkey(certificate, key);
	const unsigned char *words = (const unsigned char *)name;
	(void)X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
					 words, -1, -1, 0);
	return certificate;
}

void authority_make(struct authority *authority, const char *name)
{
	authority->key = EVP_EC_gen("P-256");
	assert_non_null(authority->key);
	authority->certificate = certificate_new(authority->key, name);
	X509 *own = authority->certificate;
	(void)X509_set_issuer_name(own, X509_get_subject_name(own));
	add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(own, own, NID_key_usage, "critical,keyCertSign");
	assert_true(X509_sign(own, authority->key, EVP_sha256()) > 0);
}

void authority_free(struct authority *authority)
{
	X509_free(authority->certificate);
	EVP_PKEY_free(authority->key);
}

struct text authority_pem(const struct authority *authority, struct arena *arena)
{
	BIO *memory = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_X509(memory, authority->certificate), 1);
	char *bytes;
	long size = BIO_get_mem_data(memory, &bytes);
	struct text pem = text_copy(arena, (struct text){ bytes, (uint32_t)size });
	BIO_free(memory);
	return pem;
}

static void fingerprint_of(X509 *certificate, char out[80])
{
	unsigned char *der = NULL;
	int size = i2d_X509(certificate, &der);
	assert_true(size > 0);
	struct digest digest = digest_of((struct text){ (const char *)der, (uint32_t)size });
	memcpy(out, "sha256:", 7);
	digest_hex(&digest, out + 7);
	OPENSSL_free(der);
}

static void use_certificate(struct peer *peer, const struct authority *authority,
			    const char *address)
{
	char names[64];
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *own = certificate_new(key, "router");
	(void)X509_set_issuer_name(own, X509_get_subject_name(authority->certificate));
	(void)snprintf(names, sizeof(names), "IP:%s", address);
	add_extension(own, authority->certificate, NID_subject_alt_name, names);
	assert_true(X509_sign(own, authority->key, EVP_sha256()) > 0);
	assert_int_equal(SSL_CTX_use_certificate(peer->tls, own), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(peer->tls, key), 1);
	fingerprint_of(own, peer->fingerprint);
	X509_free(own);
	EVP_PKEY_free(key);
}

/* ---- one client ---- */

struct client {
	int socket;
	SSL *ssl; /* NULL: plain */
};

static bool client_write(const struct client *client, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t sent = client->ssl ? SSL_write(client->ssl, bytes, (int)size)
					   : send(client->socket, bytes, size, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
		bytes += sent;
		size -= (size_t)sent;
	}
	return true;
}

/* Serves until either side ends it. */
static void client_serve(struct peer *peer, const struct client *client)
{
	char bytes[4096];
	struct ros_session *session = peer->rest ? ros_session_open_rest(peer->ros, client->ssl)
						 : ros_session_open(peer->ros);
	while (session) {
		const char *output;
		ssize_t got = client->ssl ? SSL_read(client->ssl, bytes, sizeof(bytes))
					  : recv(client->socket, bytes, sizeof(bytes), 0);
		if (got <= 0)
			break;
		ros_session_input(session, bytes, (size_t)got);
		size_t size = ros_session_output(session, &output);
		if (!client_write(client, output, size))
			break;
		ros_session_consume(session, size);
		if (ros_session_is_closed(session) ||
		    (peer->hang_up_after_login && ros_counters(peer->ros).commands > 0))
			break;
	}
	if (session)
		ros_session_close(session);
}

static void *peer_run(void *argument)
{
	struct peer *peer = argument;
	int socket;
	while ((socket = accept(peer->listener, NULL, NULL)) >= 0) {
		struct client client = { .socket = socket };
		bool agreed = true;
		if (peer->tls) {
			client.ssl = SSL_new(peer->tls);
			(void)SSL_set_fd(client.ssl, socket);
			agreed = SSL_accept(client.ssl) == 1;
		}
		if (agreed)
			client_serve(peer, &client);
		if (client.ssl) {
			(void)SSL_shutdown(client.ssl);
			SSL_free(client.ssl);
		}
		(void)close(socket);
	}
	return NULL;
}

/* ---- the listener ---- */

static void peer_listen(struct peer *peer)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(peer->listener >= 0);
	assert_int_equal(bind(peer->listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(peer->listener, 64), 0);
	assert_int_equal(getsockname(peer->listener, (struct sockaddr *)&address, &size), 0);
	peer->port = ntohs(address.sin_port);
}

void peer_make(struct peer *peer, enum peer_tls kind, const struct authority *authority,
	       const char *address)
{
	*peer = (struct peer){ 0 };
	peer->ros = ros_new(&(struct ros_options){ .version = "7.16.2", .password = "secret" });
	if (kind != PEER_PLAIN) {
		peer->tls = SSL_CTX_new(TLS_server_method());
		assert_non_null(peer->tls);
	}
	if (kind == PEER_CERTIFICATE)
		use_certificate(peer, authority, address);
	if (kind == PEER_ANONYMOUS) {
		(void)SSL_CTX_set_max_proto_version(peer->tls, TLS1_2_VERSION);
		assert_int_equal(SSL_CTX_set_cipher_list(peer->tls, "aNULL:@SECLEVEL=0"), 1);
		(void)SSL_CTX_set_dh_auto(peer->tls, 1);
	}
	peer_listen(peer);
}

void peer_start(struct peer *peer)
{
	assert_int_equal(pthread_create(&peer->thread, NULL, peer_run, peer), 0);
}

void peer_stop(struct peer *peer)
{
	/* Wakes accept(); a client that is being served has ended already, or ends with its test.
	 */
	(void)shutdown(peer->listener, SHUT_RDWR);
	assert_int_equal(pthread_join(peer->thread, NULL), 0);
	(void)close(peer->listener);
}

void peer_free(struct peer *peer)
{
	SSL_CTX_free(peer->tls);
	ros_free(peer->ros);
}
