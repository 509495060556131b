/*
 * A request as the street sends it: its path on the first line, then its headers. What is routed
 * has the shape of a URL of ours, and no two readings of a length are possible.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "webhook/request.h"

#define HEADERS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void route_check(struct text path)
{
	struct route route = route_of(path);

	switch (route.kind) {
	case ROUTE_NONE:
	case ROUTE_HEALTH:
		break;
	case ROUTE_PAY:
	case ROUTE_ATTEMPT:
		invariant(route.tenant.size > 0 && route.channel.size > 0 && route.token.size > 0);
		break;
	case ROUTE_GIT:
		invariant(route.tenant.size > 0 && route.token.size > 0);
		break;
	}
	invariant(route.token.size <= path.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct text proxies[] = { { "127.0.0.1", 9 }, { "::1", 3 } };
	struct header headers[HEADERS_MAX];
	struct text rest = { (const char *)data, (uint32_t)size }, line, path;
	uint32_t count = 0;

	if (size > 65536)
		return 0;
	(void)text_cut(rest, '\n', &path, &rest);
	route_check(path);
	while (rest.size > 0 && count < HEADERS_MAX) {
		(void)text_cut(rest, '\n', &line, &rest);
		(void)text_cut(line, ':', &headers[count].name, &headers[count].value);
		headers[count].value = text_trim(headers[count].value);
		count++;
	}
	struct framing framing = framing_of(headers, count);
	if (!framing.refused && !framing.is_chunked)
		invariant(header_find(headers, count, "Content-Length").size > 0 ||
			  framing.size == 0);
	(void)keeps_alive(headers, count, TEXT("1.1"));
	struct text source = source_of(TEXT("127.0.0.1"), headers, count, proxies, 2);
	invariant(source.size <= 64);
	return 0;
}
