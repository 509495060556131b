/*
 * The one script of the lease. It has to run on 6.43 as on 7.24, so it uses nothing newer: it
 * computes UTC seconds from either form of the date (routeros facts §3: "jul/14/2023" before 7.10,
 * "2023-07-14" from then on) and does nothing on any other. One line, because REST of some versions
 * breaks on control characters in values (facts §2). Names begin with w, so that none is the name
 * of a property, which would win inside `where`.
 */
#include "plan/lease.h"

/* What the router believes the time is, in UTC seconds: wU. Days by the civil calendar. */
#define CLOCK                                                                                  \
	":local wD [:tostr [/system clock get date]];"                                         \
	" :local wT [:tostr [/system clock get time]];"                                        \
	" :local wZ [/system clock get gmt-offset];"                                           \
	" :local wY 0; :local wM 0; :local wN 0;"                                              \
	" :if ([:pick $wD 4 5] = \"-\") do={"                                                  \
	":set wY [:tonum [:pick $wD 0 4]]; :set wM [:tonum [:pick $wD 5 7]];"                  \
	" :set wN [:tonum [:pick $wD 8 10]]};"                                                 \
	" :if ([:pick $wD 3 4] = \"/\") do={"                                                  \
	":set wY [:tonum [:pick $wD 7 11]];"                                                   \
	" :set wM (([:find \"janfebmaraprmayjunjulaugsepoctnovdec\" [:pick $wD 0 3]] / 3) + 1);" \
	" :set wN [:tonum [:pick $wD 4 6]]};"                                                  \
	" :if ($wM < 3) do={:set wY ($wY - 1); :set wM ($wM + 12)};"                           \
	" :local wU ((365 * $wY) + ($wY / 4) - ($wY / 100) + ($wY / 400));"                    \
	" :set wU ($wU + (((153 * $wM) - 457) / 5) + $wN - 719469);"                           \
	" :set wU (($wU * 86400) + ([:tonum [:pick $wT 0 2]] * 3600));"                        \
	" :set wU ($wU + ([:tonum [:pick $wT 3 5]] * 60) + [:tonum [:pick $wT 6 8]]);"

/* West of Greenwich the offset reads as an unsigned number of 32 bits. */
#define OFFSET                                                                   \
	" :if ($wZ > 2147483647) do={:set wZ ($wZ - 4294967296)};"               \
	" :set wU ($wU - $wZ);"

/*
 * The clock is believed between the moment that wavu last stamped the scheduler, wS, and 120 days
 * after it: neither 1970 nor a year too many shuts anybody off.
 */
#define BELIEF                                                                             \
	" :local wC [/system scheduler get [find where name=\"" LEASE_NAME "\"] comment];" \
	" :local wS 0; :local wP [:find $wC \" seen=\"];"                                  \
	" :if ([:typeof $wP] = \"num\") do={"                                              \
	":set wS [:tonum [:pick $wC ($wP + 6) ($wP + 16)]]};"                              \
	" :if ([:typeof $wS] != \"num\") do={:set wS 0};"                                  \
	" :if (($wS > 0) && ($wU > $wS) && ($wU < ($wS + 10368000))) do={"

/*
 * "until is not after wU" as a pattern, so that the router finds the few rows that are due by
 * itself instead of asking each of hundreds. For 1764547203: the same with a smaller last digit, or
 * 9 digits of which the last is smaller and any tenth, and so on. Ten digits, no more and no fewer.
 */
#define PATTERN                                                                              \
	":local wB [:tostr $wU]; :local wR ([:pick $wB 0 9] . \"[0-\" . [:pick $wB 9 10] . " \
	"\"]\");"                                                                            \
	" :local wA \"[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]\";"                           \
	" :for wI from=1 to=8 do={:local wG [:tonum [:pick $wB $wI ($wI + 1)]];"             \
	" :if ($wG > 0) do={:set wR ($wR . \"|\" . [:pick $wB 0 $wI] . \"[0-\" . ($wG - 1) " \
	". \"]\" . [:pick $wA 0 (5 * (9 - $wI))])}};"                                        \
	" :set wR (\"^wavu:[a-z0-9-]+/[0-9a-f]+ until=(\" . $wR . \")( |\\$)\");"

/*
 * Is wX, the comment of the row named wQ, due, and that row's own? The stamp names its row
 * ("4:jane", 18 bytes after " until="): a row that a person copied or renamed is his, whatever
 * comment it has.
 */
#define IS_OWN                                                                               \
	" :local wE ([:find $wX \" until=\"] + 18); :local wO ([:len $wQ] . \":\" . $wQ);"      \
	" :if (($wX ~ $wR) && ([:pick $wX $wE ($wE + [:len $wO])] = $wO)) do={"

/* A secret that is off lets nobody in, and his session ends only by hand (facts §5.1). Asked again
 * before it is shut: somebody may have paid while the others were. */
#define PPP                                                                                  \
	" :foreach wI in=[/ppp secret find where disabled=no && comment~$wR] do={:do {"      \
	":local wQ [/ppp secret get $wI name];"                                              \
	" :local wX [/ppp secret get $wI comment];" IS_OWN                                   \
	"/ppp secret set $wI disabled=yes;"                                                  \
	" :foreach wJ in=[/ppp active find where name=$wQ] do={"                             \
	":do {/ppp active remove $wJ} on-error={}};"                                         \
	" :log warning (\"" LEASE_NAME ": \" . $wQ . \" is off, the time is over\")}"        \
	"} on-error={}};"

/* User, cookies, logins, hosts, in this order (facts §5.2). */
#define HOTSPOT                                                                              \
	" :foreach wI in=[/ip hotspot user find where disabled=no && comment~$wR] do={:do {" \
	":local wQ [/ip hotspot user get $wI name];"                                         \
	" :local wX [/ip hotspot user get $wI comment];" IS_OWN                              \
	"/ip hotspot user set $wI disabled=yes;"                                             \
	" :foreach wJ in=[/ip hotspot cookie find where user=$wQ] do={"                      \
	":do {/ip hotspot cookie remove $wJ} on-error={}};"                                  \
	" :foreach wJ in=[/ip hotspot active find where user=$wQ] do={:do {"                 \
	":local wK [/ip hotspot active get $wJ mac-address];"                                \
	" /ip hotspot active remove $wJ;"                                                    \
	" :foreach wL in=[/ip hotspot host find where mac-address=$wK && bypassed=no] do={"  \
	":do {/ip hotspot host remove $wL} on-error={}}"                                     \
	"} on-error={}};"                                                                    \
	" :log warning (\"" LEASE_NAME ": \" . $wQ . \" is off, the time is over\")}"        \
	"} on-error={}};"

struct text lease_script(struct arena *arena, bool ppp, bool hotspot)
{
	return text_format(arena, "%s%s%s}", CLOCK OFFSET BELIEF PATTERN, ppp ? PPP : "",
			   hotspot ? HOTSPOT : "");
}
