/*
 * The rows of providers.c, one per file of this room; nobody else includes it. Constant; any
 * thread.
 */
#pragma once

#include "provider/provider.h"

extern const struct provider provider_daraja; /* M-PESA Kenya: daraja.c */
