#include "page/frame.h"

/* Readable on a cheap phone first; wide screens only get more air. Both colour schemes meet WCAG
 * AA. */
static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--line:#d0d7de;"
    "--good:#116329;--warn:#7a4b00;--bad:#a40e26;--tint:#f6f8fa}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b1;--paper:#0d1117;"
    "--line:#30363d;"
    "--good:#57d364;--warn:#e3b341;--bad:#ff8b85;--tint:#161b22}}"
    "*{box-sizing:border-box}body{margin:0 auto;max-width:70rem;padding:0 1rem 3rem;"
    "font:16px/1.5 "
    "system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}"
    "nav{display:flex;flex-wrap:wrap;gap:0 1.2rem;padding:.6rem 0;border-bottom:1px solid "
    "var(--line)}"
    "nav a{padding:.6rem 0;color:inherit}h1{font-size:1.4rem}h2{font-size:1.1rem;margin:1.5rem 0 "
    ".3rem}"
    "a{color:inherit}p{margin:.3rem 0}small,.note,time{color:var(--soft)}"
    "code{font:14px ui-monospace,monospace}"
    ".alarm{border-left:4px solid var(--bad);padding:.3rem .6rem;background:var(--tint)}"
    ".do::before{content:\"\\2192\\00a0\"}.alarm a{display:block;padding:.2rem 0}"
    ".verdict{white-space:pre-line;font-size:1.1rem;border-left:4px solid var(--ink);"
    "padding:.3rem .6rem;background:var(--tint)}"
    "h3{font-size:1rem;margin:1rem 0 0}form{display:flex;gap:.5rem;margin:.6rem 0}"
    "input,button{font:inherit;padding:.5rem;border:1px solid var(--line);color:var(--ink);"
    "background:var(--paper)}input{flex:1;min-width:0}"
    "ul.routers,ul.rows,ol.history{list-style:none;margin:0;padding:0}"
    "ul.routers li,ul.rows li,ol.history>li{border-bottom:1px solid var(--line);"
    "padding:.6rem 0 .6rem .6rem;"
    "border-left:4px solid transparent}"
    "li.good{border-left-color:var(--good)!important}"
    "li.warn{border-left-color:var(--warn)!important}"
    "li.bad{border-left-color:var(--bad)!important}"
    ".good .word,td.good{color:var(--good)}.warn .word,td.warn{color:var(--warn)}"
    ".bad .word,td.bad{color:var(--bad)}.word{font-weight:600}"
    "ul.changes{margin:.2rem 0 0;padding:0;list-style:none;font:14px/1.4 ui-monospace,monospace}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .5rem;"
    "border-bottom:1px solid var(--line);vertical-align:top}"
    "th{overflow-wrap:normal}td{min-width:7ch}"
    "@media(max-width:40rem){thead{display:none}tr{display:block;padding:.5rem 0;"
    "border-bottom:1px solid var(--line)}td{display:flex;gap:.6rem;border:0;padding:.1rem 0}"
    "td::before{content:attr(data-label);color:var(--soft);min-width:6rem}}";

static struct text escaped(struct text text, struct arena *arena)
{
	char *out = arena_take(arena, (size_t)text.size * 6 + 1);
	uint32_t size = 0;

	for (uint32_t i = 0; i < text.size; i++) {
		struct text word = { text.at + i, 1 };

		if (text.at[i] == '&')
			word = TEXT("&amp;");
		else if (text.at[i] == '<')
			word = TEXT("&lt;");
		else if (text.at[i] == '>')
			word = TEXT("&gt;");
		else if (text.at[i] == '"')
			word = TEXT("&quot;");
		for (uint32_t k = 0; k < word.size; k++)
			out[size++] = word.at[k];
	}
	return (struct text){ out, size };
}

static struct text frame(const char *title, const char *more, struct text inside,
			 struct arena *arena)
{
	struct text name = escaped(text_of(title), arena);

	return text_format(
	    arena,
	    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
	    "%s<title>%.*s</title><style>%s</style></head><body>\n"
	    "<nav aria-label=\"pages\"><a href=\"/\"><b>wavu</b></a>"
	    "<a href=\"/explain\">Who paid?</a>"
	    "<a href=\"/payments\">Payments</a><a href=\"/payments/waiting\">Waiting</a>"
	    "<a href=\"/payments/unmatched\">Unmatched</a><a href=\"/payments/held\">Held</a>"
	    "<a href=\"/payments/prompts\">Prompts</a><a href=\"/payments/totals\">Totals</a>"
	    "<a href=\"/drift\">Drift</a><a href=\"/history\">History</a></nav>\n"
	    "<main><h1>%.*s</h1>\n%.*s</main></body></html>\n",
	    more, TEXT_ARG(name), style, TEXT_ARG(name), TEXT_ARG(inside));
}

struct text frame_page(const char *title, struct text inside, struct arena *arena)
{
	return frame(title, "<meta http-equiv=\"refresh\" content=\"30\">", inside, arena);
}

struct text frame_still_page(const char *title, struct text inside, struct arena *arena)
{
	return frame(title, "", inside, arena);
}
