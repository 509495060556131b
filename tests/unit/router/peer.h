/*
 * A simulated router behind a real socket on loopback, plain or TLS, served by one thread; and the
 * certificates for it, made anew for each test. The test owns the peer; the router may be looked at
 * before peer_start and after peer_stop.
 */
#pragma once

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "world/ros.h"

struct authority {
	EVP_PKEY *key;
	X509 *certificate;
};

/* A CA of its own, valid for a day. */
void authority_make(struct authority *authority, const char *name);
void authority_free(struct authority *authority);
/* PEM of its certificate. */
struct text authority_pem(const struct authority *authority, struct arena *arena);

enum peer_tls { PEER_PLAIN, PEER_CERTIFICATE, PEER_ANONYMOUS };

struct peer {
	struct ros *ros;
	int listener;
	uint16_t port;
	SSL_CTX *tls; /* NULL: plain */
	pthread_t thread;
	bool rest;                /* serves the web service, not the API */
	bool hang_up_after_login; /* closes as soon as the login was answered */
	char fingerprint[80];     /* "sha256:…" of its certificate */
};

/* `address` ("127.0.0.1") is what the certificate is for; signed by `authority`. It listens
 * already. */
void peer_make(struct peer *peer, enum peer_tls kind, const struct authority *authority,
	       const char *address);
/* From here on its thread has the router. */
void peer_start(struct peer *peer);
/* The thread is gone; the router may be looked at again. */
void peer_stop(struct peer *peer);
void peer_free(struct peer *peer);
