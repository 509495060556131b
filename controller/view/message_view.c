#include "view/message_view.h"

#include "view/shape.h"

static json_t *findings_list(const struct finding *findings, uint32_t count)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:o, s:I, s:I, s:o, s:o}", "file",
						      json_of_text(findings[i].file), "line",
						      (json_int_t)findings[i].line, "column",
						      (json_int_t)findings[i].column, "path",
						      json_of_text(findings[i].path), "message",
						      json_of_text(findings[i].message)));
	return list;
}

struct document *view_findings(const struct findings *findings)
{
	return document_make("findings",
			     json_pack("{s:o, s:o, s:I}", "errors",
				       findings_list(findings->errors, findings->error_count),
				       "warnings",
				       findings_list(findings->warnings, findings->warning_count),
				       "total", (json_int_t)findings->error_total));
}

struct document *view_message(bool ok, struct text message, const char *key, struct text value)
{
	json_t *data = json_pack("{s:b, s:o}", "ok", (int)ok, "message", json_of_text(message));

	if (key != NULL)
		json_object_set_new(data, key, json_of_text(value));
	return document_make("message", data);
}

struct document *view_verify(const struct text *problems, uint32_t count)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < count; i++)
		json_array_append_new(list, json_of_text(problems[i]));
	return document_make(
	    "verify", json_pack("{s:b, s:s, s:o}", "ok", (int)(count == 0), "message",
				count == 0 ? "every invariant of the store holds"
					   : "the store breaks its own rules: restore a backup",
				"problems", list));
}

struct document *view_checks(struct text router, const struct check *checks, uint32_t count)
{
	json_t *list = json_array();
	bool ok = true;

	for (uint32_t i = 0; i < count; i++) {
		ok = ok && (checks[i].ok || checks[i].advice);
		json_array_append_new(list, json_pack("{s:o, s:b, s:b, s:o}", "what",
						      json_of_text(checks[i].what), "ok",
						      (int)checks[i].ok, "advice",
						      (int)checks[i].advice, "remedy",
						      json_text_or_null(checks[i].remedy)));
	}
	return document_make(
	    "checks", json_pack("{s:b, s:o, s:o, s:o}", "ok", (int)ok, "message",
				json_string(ok ? "the router is ready" : "the router is not ready"),
				"router", json_of_text(router), "checks", list));
}
