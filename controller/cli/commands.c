#include "cli/command.h"

#include <stddef.h>

#include "base/macros.h"

/* clang-format off */
const struct option common_options[] = {
	{ "-c", "FILE", false, "the host's settings; default $WAVU_CONFIG, then "
	"/etc/wavu/wavu.yaml" },
	{ "--tenant", "NAME", false, "one tenant instead of all" },
	{ "--output", "text or json", false, "how the answer is written" },
	{ NULL, NULL, false, NULL },
};

static const struct option apply_options[] = {
	{ "--router", "R", false, "only this router" },
	{ "--allow", "DIGEST", true, "let the losses go that `plan` showed with this digest" },
	{ NULL, NULL, false, NULL },
};
static const struct option drift_options[] = {
	{ "--adopt", NULL, false, "a patch of the repository that takes the routers' values" },
	{ "--foreign", NULL, false, "access that nobody pays for, and payers without access, "
	"by a look at the routers" },
	{ NULL, NULL, false, NULL },
};
static const struct option history_options[] = {
	{ "--router", "R", false, "only this router" },
	{ "-n", "N", false, "at most N lines; default 50" },
	{ NULL, NULL, false, NULL },
};
static const struct option import_options[] = {
	{ "--price", "N", false, "the price of every package, to be reviewed" },
	{ "--paid-until", "T", false, "how long those who are enabled today have paid; default 30 "
	"days" },
	{ NULL, NULL, false, NULL },
};
static const struct option pause_options[] = {
	{ "--until", "T", false, "a time or a duration: 2026-12-01T06:00, 2h" },
	{ "--reason", "TEXT", false, "shown wherever the router is shown" },
	{ NULL, NULL, false, NULL },
};
static const struct option payment_list_options[] = {
	{ "-n", "N", false, "at most N lines; default 50, with --csv all" },
	{ "--channel", "NAME", false, "of this channel; cash is the channel `cash`" },
	{ "--csv", NULL, false, "a table for a spreadsheet" },
	{ "--find", "TEXT", false, "a receipt or a part of one, a phone, an account, an amount, "
	"what the payer typed" },
	{ "--since", "T", false, "only what was paid from then on" },
	{ "--status", "S", false, "credited, unmatched, held or reversed" },
	{ "--until", "T", false, "only what was paid before; a day is included" },
	{ NULL, NULL, false, NULL },
};
static const struct option totals_options[] = {
	{ "--csv", NULL, false, "a table for a spreadsheet" },
	{ "--since", "T", false, "from then on; default: seven days, today the last" },
	{ "--until", "T", false, "up to then; a day is included" },
	{ NULL, NULL, false, NULL },
};
static const struct option assign_options[] = {
	{ "--alias", NULL, false, "print a patch that remembers what the payer typed" },
	{ NULL, NULL, false, NULL },
};
static const struct option attempts_options[] = {
	{ "-n", "N", false, "at most N lines; default 50" },
	{ NULL, NULL, false, NULL },
};
static const struct option request_options[] = {
	{ "--phone", "P", false, "whose phone is asked; default the subscriber's" },
	{ "--channel", "NAME", false, "whose provider asks it; default the first that can" },
	{ NULL, NULL, false, NULL },
};
static const struct option plan_options[] = {
	{ "--rev", "REV", false, "a commit or branch instead of the branch's newest" },
	{ "--router", "R", false, "only this router" },
	{ NULL, NULL, false, NULL },
};
static const struct option reconcile_options[] = {
	{ "--credit", NULL, false, "what is missing here becomes payments, each once" },
	{ "--now", NULL, false, "with --pull: the list is read now, and waited for" },
	{ "--pull", NULL, false, "the provider's own list, as far as wavu read it, and no file" },
	{ "--since", "T", false, "only what was paid from then on" },
	{ NULL, NULL, false, NULL },
};
static const struct option record_options[] = {
	{ "--held", "RECEIPT", false, "the held payment that this is: it waits no longer" },
	{ "--reason", "TEXT", false, "why: it stands in the ledger for ever" },
	{ NULL, NULL, false, NULL },
};
static const struct option refund_options[] = {
	{ "--again", NULL, false, "with --send: once more, though the former order is unknown" },
	{ "--reason", "TEXT", false, "how it was given back, and why: better said, for it stays" },
	{ "--send", NULL, false, "wavu gives it back: it orders that from the provider" },
	{ NULL, NULL, false, NULL },
};
static const struct option bootstrap_options[] = {
	{ "--controller", "ADDRESS", false, "where wavu comes from; nobody else may use the API" },
	{ "--interface", "IF", false, "where subscribers are; default bridge" },
	{ "--tunnel", "HOST", false, "the router has no reachable address: it dials this host" },
	{ "--tunnel-key", "KEY", false, "the host's WireGuard key" },
	{ "--version", "V", false, "its RouterOS, as 7.16; default: what was last seen" },
	{ NULL, NULL, false, NULL },
};
static const struct option subscriber_pause_options[] = {
	{ "--reason", "TEXT", false, "why: it stands in the history" },
	{ NULL, NULL, false, NULL },
};
static const struct option show_options[] = {
	{ "--password", NULL, false, "show the password of the service too" },
	{ NULL, NULL, false, NULL },
};
static const struct option validate_options[] = {
	{ "--rev", "REV", false, "a commit of the repository instead of the files as they lie" },
	{ NULL, NULL, false, NULL },
};

const struct command commands[] = {
	{ "apply", "", 0, 0, apply_options,
	  "makes one pass over the routers now",
	  "Every router is looked at, the difference is written, and read back. A running "
	  "controller does it; when none "
	  "runs, this command does it itself. Losses that the guard holds are let go by naming "
	  "their digest. Routers that a roll-out in waves has not come to, or that wait because it "
	  "stopped, are moved to the newest commit now.",
	  "wavu apply --router kasarani-1 --allow 3f9c0a7be412", run_apply },
	{ "completion", "SHELL", 1, 1, NULL,
	  "prints the completion of bash, zsh or fish",
	  "Load it with: source <(wavu completion bash)",
	  "wavu completion bash", run_completion },
	{ "controller", "", 0, 0, NULL,
	  "the part that decides and talks to routers; `wavu run` starts it",
	  "It follows the repositories, books payments and keeps the routers as they should be, "
	  "until it is told to end.",
	  "wavu -c /etc/wavu/wavu.yaml controller", run_controller },
	{ "drift", "", 0, 0, drift_options,
	  "what the last look at the routers found different",
	  "Rows of ours that somebody changed or removed, with what they should be. Exit code 2 "
	  "when there are any. --foreign looks at the routers instead: enabled rows that are not "
	  "wavu's, bypassed devices, sessions without a row, people who paid and have no open row. "
	  "--adopt prints what was changed by hand as a unified diff against the newest commit; "
	  "what has no place in YAML goes to standard error.",
	  "wavu drift --output json", run_drift },
	{ "explain", "THING", 1, 1, NULL,
	  "the chain from cause to router row",
	  "THING is an account, a phone, a username, a receipt or a router. Each line says what "
	  "happened and because of what.",
	  "wavu explain KN-0042", run_explain },
	{ "history", "", 0, 0, history_options,
	  "what was done, and why, newest first",
	  "Identical jobs in a row are one line with a count.",
	  "wavu history --router kasarani-1 -n 20", run_history },
	{ "import router", "R", 1, 1, import_options,
	  "prints the YAML of what was made by hand on a router",
	  "Packages from profiles, subscribers from secrets and hotspot users, passwords kept. "
	  "With it in the repository the plan of that router is empty. What could not be taken "
	  "goes to standard error, with a reason. The router is only looked at.",
	  "wavu import router kasarani-1 --price 2500 > kasarani-1.yaml", run_import_router },
	{ "init", "DIR", 1, 1, NULL,
	  "makes a new repository from the shipped example, with one commit",
	  "The folder must not exist yet or be empty. Edit the files, commit, and name the "
	  "folder in wavu.yaml.",
	  "wavu init /srv/git/kasinet", run_init },
	{ "manual", "", 0, 0, NULL,
	  "prints the manual page (roff)",
	  "The page is made from the same table as this help.",
	  "wavu manual | man -l -", run_manual },
	{ "page", "", 0, 0, NULL,
	  "the read-only status page; `wavu run` starts it",
	  "It serves the listener `status` of the settings and changes nothing.",
	  "wavu -c /etc/wavu/wavu.yaml page", run_page },
	{ "pause", "R", 1, 1, pause_options,
	  "leaves a router alone until a time",
	  "Nothing is written to it, not even an expiry; facts keep coming and are caught up at "
	  "the end.",
	  "wavu pause kasarani-1 --until 2h --reason \"tower works\"", run_pause },
	{ "payment assign", "RECEIPT ACCOUNT", 2, 2, assign_options,
	  "gives an unmatched payment its owner, or releases a held one",
	  "A held payment is released only when its amount and short code are right. With --alias "
	  "a patch for the repository is printed that makes what the payer typed an alias of the "
	  "account: git apply takes it, and the next payment finds its owner alone.",
	  "wavu payment assign SKL51ZDR4F KN-0042 --alias", run_payment_assign },
	{ "payment attempts", "", 0, 0, attempts_options,
	  "the prompts that were sent to payers, newest first",
	  "A prompt is created, prompted, and then paid, failed or expired; a late success still "
	  "counts.",
	  "wavu payment attempts -n 20", run_payment_attempts },
	{ "payment list", "", 0, 0, payment_list_options,
	  "payments, newest first",
	  "Every payment ever heard of has one of four ends: credited, unmatched, held, reversed. "
	  "All that is asked for must fit. The time is the provider's.",
	  "wavu payment list --find 0712345678 --since 2026-12-01", run_payment_list },
	{ "payment reconcile", "[FILE]", 0, 1, reconcile_options,
	  "compares a provider's statement (CSV), or its list, with the ledger, to the cent",
	  "It says, receipt by receipt, what is in one and not in the other, and changes nothing "
	  "without --credit. With it, money that came in and is not in the ledger is booked and "
	  "credited as if its callback had come, where the statement says its short code; a "
	  "callback that comes later counts nothing, and a second run credits nothing. Lines "
	  "that could not be taken are listed; so is what was paid before wavu took over, or "
	  "before the opening of whom it fits, for that may be part of what was declared: "
	  "--since leaves such lines out. With --pull it compares what wavu read of the "
	  "provider's own list (channels with `pull: true`), by default of the last 31 days. "
	  "Exit code 2 when they differ (afterwards), or when a part of the list could not be "
	  "read.",
	  "wavu payment reconcile statement.csv", run_payment_reconcile },
	{ "payment record", "ACCOUNT AMOUNT", 2, 2, record_options,
	  "books cash that a person took",
	  "Who ran the command and the reason stand in the ledger. With --held the money is that "
	  "of a payment which could not be credited as it came (held-7): both are linked, and it "
	  "is no longer counted as held.",
	  "wavu payment record KN-0042 2500 --reason \"cash at the office\"", run_payment_record },
	{ "payment refund", "RECEIPT", 1, 1, refund_options,
	  "takes a payment out of the books that was given back, or gives it back (--send)",
	  "Without --send it moves no money and books at once: you have paid it back yourself, in "
	  "cash or in the provider's portal. With --send wavu orders the provider to give the "
	  "whole payment back, once, and books when the provider says that it is done: until then "
	  "nothing changes, and `wavu explain RECEIPT` and `wavu status` show the order. Never do "
	  "both for one payment. --send is for M-Pesa receipts (daraja) whose channel has "
	  "`initiator` and `security_credential`. When no answer comes, wavu asks how the payment "
	  "stands and orders nothing again by itself; --send --again does, when the payment was "
	  "seen to stand after the former order. What is booked: the whole periods that it "
	  "bought, even partly, are taken back, from the end of the paid time where other money "
	  "bought time behind them; what other money had paid of them is credit again. Time that "
	  "is over is taken back in the books alone, and shortens nothing that others paid. No "
	  "debt comes of it but one from before wavu that it had paid. Access follows at once. "
	  "Without --send, unmatched and held payments can be refunded too; the receipt is never "
	  "credited again.",
	  "wavu payment refund SKL51ZDR4F --reason \"paid twice, given back in cash\"",
	  run_payment_refund },
	{ "payment register", "[CHANNEL]", 0, 1, NULL,
	  "makes the callback URLs of every channel known to its provider",
	  "It needs the channel's consumer_key and consumer_secret. In production a provider takes "
	  "the URLs once; to change them, delete them in its portal first. A channel with `pull: "
	  "true` and `nominated` also asks for the right to its list. Exit code 1 when a "
	  "channel could not be registered; the answer says of each how it went.",
	  "wavu payment register main", run_payment_register },
	{ "payment request", "ACCOUNT [AMOUNT]", 1, 2, request_options,
	  "asks a payer's phone for money (STK push)",
	  "Without an amount what is due is asked for. A payer with an open prompt, or asked for "
	  "the same amount within two minutes, is not asked again: the answer is that attempt.",
	  "wavu payment request KN-0042 2500 --phone 0712345678", run_payment_request },
	{ "payment totals", "", 0, 0, totals_options,
	  "money in by day and channel, and cash by who took it",
	  "Credited, and beside it what is unmatched, held or was given back since, by the "
	  "provider's time and the tenant's days: together what the portal shows as paid in on "
	  "that day.",
	  "wavu payment totals --since 2026-12-01 --until 2026-12-31", run_payment_totals },
	{ "payment urls", "", 0, 0, NULL,
	  "the callback URLs of every channel, to register at the provider",
	  "They contain the channel's secret token: keep them from the public.",
	  "wavu payment urls", run_payment_urls },
	{ "plan", "", 0, 0, plan_options,
	  "what would change on which router, for whom and why",
	  "It writes nothing and needs no running controller. Exit code 2 when there are "
	  "changes, 3 when some must wait for "
	  "a person, 4 when the newest commit is invalid.",
	  "wavu plan --router kasarani-1", run_plan },
	{ "resume", "R", 1, 1, NULL,
	  "ends a pause",
	  "A pause declared in git is ended in git.",
	  "wavu resume kasarani-1", run_resume },
	{ "router bootstrap", "R", 1, 1, bootstrap_options,
	  "prints the script that prepares a new router",
	  "A user with the least rights, the service and who may use it, the clock, the servers "
	  "that the Router declares, and a tunnel where one is needed, with the host's side. "
	  "Secrets are not printed: the script wants them written in, and can be run again.",
	  "wavu router bootstrap kasarani-1 --version 7.16 --controller 10.66.0.1 > kasarani-1.rsc",
	  run_router_bootstrap },
	{ "router check", "R", 1, 1, NULL,
	  "tries whether wavu can reach a router and has the rights it needs",
	  "Nothing is changed: the right to write is tried on a row that does not exist.",
	  "wavu router check kasarani-1", run_router_check },
	{ "run", "", 0, 0, NULL,
	  "the controller, the webhook and the status page, supervised",
	  "The parts are started from beside this program, started again when they end, and "
	  "ended together.",
	  "wavu -c /etc/wavu/wavu.yaml run", run_run },
	{ "schema", "KIND", 1, 1, NULL,
	  "prints the JSON Schema of a kind",
	  "For editors: Tenant, Site, Router, Package, DunningPolicy, Subscriber.",
	  "wavu schema Package", run_schema },
	{ "status", "", 0, 0, NULL,
	  "the state of the tenants and of every router",
	  "The commit in force, subscribers by state, payments of today, and per router whether "
	  "it answers and is in sync.",
	  "wavu status", run_status },
	{ "subscriber list", "", 0, 0, NULL,
	  "all subscribers with their state",
	  "Those of the commit in force.",
	  "wavu subscriber list --output json", run_subscriber_list },
	{ "subscriber pause", "ACCOUNT", 1, 1, subscriber_pause_options,
	  "stops somebody's service until `subscriber resume`",
	  "His row is disabled and his sessions end at once. The paid time runs on meanwhile: a "
	  "pause takes access, never time, and gives none back. Payments are booked and buy as "
	  "ever, and open nothing until he is resumed. Somebody who has never paid cannot be "
	  "paused.",
	  "wavu subscriber pause KN-0042 --reason \"moving house\"", run_subscriber_pause },
	{ "subscriber resume", "ACCOUNT", 1, 1, NULL,
	  "lets a paused subscriber in again",
	  "He has what his paid time says now: when it ran out during the pause he is expired.",
	  "wavu subscriber resume KN-0042", run_subscriber_resume },
	{ "subscriber show", "ACCOUNT", 1, 1, show_options,
	  "one subscriber: what he has, until when, and whether he is online",
	  "His router is asked whether he is online; when it does not answer that is shown as "
	  "unknown.",
	  "wavu subscriber show KN-0042", run_subscriber_show },
	{ "validate", "[DIR]", 0, 1, validate_options,
	  "checks the files of a repository as they lie",
	  "All errors are reported at once, each with file, line and column. It needs no "
	  "settings. Exit code 4 when there are any.",
	  "wavu validate /srv/git/kasinet", run_validate },
	{ "verify", "", 0, 0, NULL,
	  "checks every invariant of the store",
	  "The ledger sums to zero, balances equal their entries, no receipt is credited twice, "
	  "and the files are whole.",
	  "wavu verify", run_verify },
};
/* clang-format on */

const uint32_t command_count = ARRAY_COUNT(commands);
