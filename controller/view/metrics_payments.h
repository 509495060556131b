/*
 * Inside of view/ only: what /metrics says about payments and how fast they become access, in
 * OpenMetrics. Reads the stores (and blocks on disk); nothing is changed.
 */
#pragma once

#include "view/outlook.h"
#include "view/shape.h"

bool put_payment_metrics(struct output *output, const struct outlook *outlooks, uint32_t count,
			 int64_t now, struct error *error) MUST_CHECK;
