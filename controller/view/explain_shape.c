#include "view/fleet_shape.h"

#include "view/plan_shape.h"

/* Of which tenant this link tells, where the one before told of another. */
static void tenant_line(const json_t *chain, size_t i, struct output *output)
{
	const json_t *first = json_array_get(chain, 0);
	const json_t *last = json_array_get(chain, json_array_size(chain) - 1);
	struct text tenant = member_text(json_array_get(chain, i), "tenant");

	if (text_equal(member_text(first, "tenant"), member_text(last, "tenant")) ||
	    (i > 0 && text_equal(member_text(json_array_get(chain, i - 1), "tenant"), tenant)))
		return;
	put_tone(output, TONE_STRONG);
	put(output, "tenant %.*s\n", TEXT_ARG(tenant));
	put_tone(output, TONE_PLAIN);
}

/* Under what it belongs to, behind the times. */
static void below(struct output *output, struct text text)
{
	if (text.size == 0)
		return;
	put(output, "%18s", "");
	put_printable(output, text);
	put(output, "\n");
}

void explain_text(const json_t *data, struct output *output)
{
	const json_t *chain = json_object_get(data, "chain"), *link, *change;
	size_t i, k;

	put_tone(output, TONE_STRONG);
	put_text(output, member_text(data, "verdict"));
	put_tone(output, TONE_PLAIN);
	put(output, "\n\n");
	json_array_foreach (chain, i, link) {
		tenant_line(chain, i, output);
		put(output, "%-16.*s  ",
		    TEXT_ARG(shown_time(json_object_get(link, "at"), output->arena)));
		put_printable(output, member_text(link, "what"));
		put(output, "\n");
		put_tone(output, TONE_DIM);
		below(output, member_text(link, "because"));
		put_tone(output, TONE_PLAIN);
		below(output, member_text(link, "error"));
		json_array_foreach (json_object_get(link, "changes"), k, change) {
			put(output, "%16s", "");
			change_line(change, output);
		}
	}
}

static void link_html(const json_t *link, struct output *output)
{
	struct text because = member_text(link, "because"), error = member_text(link, "error");
	const json_t *change;
	size_t i;

	put(output, "<li class=\"%s\"><time>", error.size > 0 ? "bad" : "");
	put_html(output, shown_time(json_object_get(link, "at"), output->arena));
	put(output, "</time> ");
	put_html(output, member_text(link, "what"));
	if (because.size > 0) {
		put(output, "<p class=\"note\">");
		put_html(output, because);
		put(output, "</p>");
	}
	if (error.size > 0) {
		put(output, "<p class=\"note\">");
		put_html(output, error);
		put(output, "</p>");
	}
	if (json_array_size(json_object_get(link, "changes")) > 0) {
		put(output, "<ul class=\"changes\">");
		json_array_foreach (json_object_get(link, "changes"), i, change)
			change_html(change, output);
		put(output, "</ul>");
	}
	put(output, "</li>\n");
}

void explain_html(const json_t *data, struct output *output)
{
	const json_t *link;
	size_t i;

	put(output, "<p class=\"verdict\">");
	put_html(output, member_text(data, "verdict"));
	put(output, "</p>\n<ol class=\"history\">\n");
	json_array_foreach (json_object_get(data, "chain"), i, link)
		link_html(link, output);
	put(output, "</ol>\n");
}
