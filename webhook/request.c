#include "webhook/request.h"

#include "base/limits.h"

/* Cuts "a/b/c" into at most `max` parts; more parts give max + 1. */
static uint32_t parts_of(struct text path, struct text *parts, uint32_t max)
{
	uint32_t count = 0;
	bool more = true;
	while (more) {
		struct text part;
		more = text_cut(path, '/', &part, &path);
		if (count == max)
			return max + 1;
		parts[count++] = part;
	}
	return count;
}

static bool has_empty(const struct text *parts, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (parts[i].size == 0)
			return true;
	return false;
}

struct route route_of(struct text path)
{
	struct route none = { .kind = ROUTE_NONE };
	struct text query, parts[5];
	(void)text_cut(path, '?', &path, &query);
	if (!text_starts(path, TEXT("/")))
		return none;
	uint32_t count = parts_of(text_from(path, 1), parts, ARRAY_COUNT(parts));
	if (count > ARRAY_COUNT(parts) || has_empty(parts, count))
		return none;
	if (count == 1 && text_is(parts[0], "healthz"))
		return (struct route){ .kind = ROUTE_HEALTH };
	if (count == 3 && text_is(parts[0], "git"))
		return (struct route){ .kind = ROUTE_GIT, .tenant = parts[1], .token = parts[2] };
	/* No channel's token is as short as "a": nothing else lives there. */
	if (count == 5 && text_is(parts[0], "pay") && text_is(parts[3], "a"))
		return (struct route){ .kind = ROUTE_ATTEMPT,
				       .tenant = parts[1],
				       .channel = parts[2],
				       .token = parts[4] };
	if (count >= 4 && text_is(parts[0], "pay"))
		return (struct route){ .kind = ROUTE_PAY,
				       .tenant = parts[1],
				       .channel = parts[2],
				       .token = parts[3],
				       .callback = count == 5 ? parts[4] : TEXT_NONE };
	return none;
}

struct text header_find(const struct header *headers, uint32_t count, const char *name)
{
	for (uint32_t i = 0; i < count; i++)
		if (text_equal_nocase(headers[i].name, text_of(name)))
			return headers[i].value;
	return TEXT_NONE;
}

static struct framing refused(int status)
{
	return (struct framing){ .refused = status };
}

static bool is_digits(struct text text)
{
	for (uint32_t i = 0; i < text.size; i++)
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	return text.size > 0;
}

struct framing framing_of(const struct header *headers, uint32_t count)
{
	struct text length = TEXT_NONE, coding = TEXT_NONE;
	uint32_t lengths = 0, codings = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (text_equal_nocase(headers[i].name, TEXT("Content-Length"))) {
			length = text_trim(headers[i].value);
			lengths++;
		} else if (text_equal_nocase(headers[i].name, TEXT("Transfer-Encoding"))) {
			coding = text_trim(headers[i].value);
			codings++;
		}
	}
	if (lengths > 1 || codings > 1 || (lengths && codings))
		return refused(400);
	if (codings) {
		if (!text_equal_nocase(coding, TEXT("chunked")))
			return refused(400);
		return (struct framing){ .is_chunked = true };
	}
	if (lengths == 0)
		return refused(411);
	if (!is_digits(length))
		return refused(400);
	uint64_t size;
	if (!text_u64(length, &size) || size > CALLBACK_SIZE_MAX)
		return refused(413);
	return (struct framing){ .size = (uint32_t)size };
}

bool keeps_alive(const struct header *headers, uint32_t count, struct text version)
{
	struct text wish = header_find(headers, count, "Connection");
	if (wish.size)
		return text_contains_nocase(wish, TEXT("keep-alive"));
	return text_is(version, "1.1");
}

/* "::ffff:10.0.0.1" is 10.0.0.1; "10.0.0.1:443" too; "[2001:db8::1]:443" is 2001:db8::1. */
static struct text address_plain(struct text text)
{
	struct text mapped = TEXT("::ffff:"), head, rest;
	text = text_trim(text);
	if (text_starts(text, TEXT("["))) {
		(void)text_cut(text_from(text, 1), ']', &head, &rest);
		text = head;
	}
	if (text.size > mapped.size &&
	    text_equal_nocase((struct text){ text.at, mapped.size }, mapped))
		text = text_from(text, mapped.size);
	uint32_t address;
	uint64_t port;
	if (text_cut(text, ':', &head, &rest) && text_ipv4(head, &address) && text_u64(rest, &port))
		text = head;
	return text;
}

/* Only what can be an address at all: it is stored and compared, never resolved. */
static bool is_address(struct text text)
{
	uint32_t address;
	if (text_ipv4(text, &address))
		return true;
	bool has_colon = false;
	for (uint32_t i = 0; i < text.size; i++) {
		char byte = text.at[i];
		has_colon = has_colon || byte == ':';
		if (!((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
		      (byte >= 'A' && byte <= 'F') || byte == ':' || byte == '.'))
			return false;
	}
	return has_colon && text.size <= 45;
}

static bool is_proxy(struct text address, const struct text *proxies, uint32_t proxy_count)
{
	for (uint32_t i = 0; i < proxy_count; i++)
		if (text_equal_nocase(address, address_plain(proxies[i])))
			return true;
	return false;
}

/* The last part of "a, b, c" and what stands before it. */
static struct text hop_cut(struct text *list)
{
	uint32_t start = list->size;
	while (start && list->at[start - 1] != ',')
		start--;
	struct text hop = text_from(*list, start);
	list->size = start ? start - 1 : 0;
	return hop;
}

struct text source_of(struct text peer, const struct header *headers, uint32_t count,
		      const struct text *proxies, uint32_t proxy_count)
{
	struct text source = address_plain(peer);
	/* Several header lines are one list in their order (RFC 9110 5.2): so the last line is the
	 * nearest. */
	for (uint32_t i = count; i-- > 0;) {
		if (!text_equal_nocase(headers[i].name, TEXT("X-Forwarded-For")))
			continue;
		struct text list = headers[i].value;
		while (list.size) {
			if (!is_proxy(source, proxies, proxy_count))
				return source;
			struct text hop = address_plain(hop_cut(&list));
			if (!is_address(hop))
				return source;
			source = hop;
		}
	}
	return source;
}
