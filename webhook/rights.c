#include "webhook/rights.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"

#define USER "wavu-webhook"
#define GROUPS_MAX 256

static struct passwd user;
static char user_texts[4096];
static gid_t groups_before[GROUPS_MAX];
static int groups_before_count;
static bool is_limited; /* this process gave up root, so a thread has something to forget */

void rights_freeze(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_line(LOG_WARNING, "rights-not-frozen", "why=\"%s\"", strerror(errno));
}

bool rights_try_user(void)
{
	if (geteuid() != 0)
		return false;
	struct passwd *found = NULL;
	if (getpwnam_r(USER, &user, user_texts, sizeof(user_texts), &found) || !found ||
	    user.pw_uid == 0) {
		log_line(LOG_WARNING, "rights-kept", "user=root why=\"there is no user " USER "\"");
		return false;
	}
	groups_before_count = getgroups(GROUPS_MAX, groups_before);
	if (groups_before_count < 0 || initgroups(USER, user.pw_gid) || setegid(user.pw_gid) ||
	    seteuid(user.pw_uid)) {
		rights_keep_root(strerror(errno));
		return false;
	}
	return true;
}

void rights_keep_root(const char *why)
{
	if (seteuid(0) || setegid(getgid()) ||
	    (groups_before_count >= 0 && setgroups((size_t)groups_before_count, groups_before)))
		fatal("root's rights did not come back: %s", strerror(errno));
	log_line(LOG_WARNING, "rights-kept", "user=root why=\"%s\"", why);
}

static void capabilities_set(uint32_t mask)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = mask, .permitted = mask } };
	if (syscall(SYS_capset, &header, data))
		fatal("capabilities could not be dropped: %s", strerror(errno));
}

void rights_become_user(bool low_port)
{
	/* A change of user clears the signal that a supervisor asked for: it is asked for again. */
	int parent_death_signal = 0;
	(void)prctl(PR_GET_PDEATHSIG, &parent_death_signal, 0, 0, 0);
	pid_t parent = getppid();
	/* Only an effective root may name its real and saved ids. */
	if (seteuid(0) || prctl(PR_SET_KEEPCAPS, low_port ? 1 : 0, 0, 0, 0) ||
	    setresgid(user.pw_gid, user.pw_gid, user.pw_gid) ||
	    setresuid(user.pw_uid, user.pw_uid, user.pw_uid))
		fatal("the rights of " USER " could not be taken: %s", strerror(errno));
	is_limited = true;
	if (low_port)
		capabilities_set(1u << CAP_NET_BIND_SERVICE);
	if (geteuid() == 0 || getuid() == 0 || setuid(0) == 0)
		fatal("root could not be given up");
	if (parent_death_signal) {
		(void)prctl(PR_SET_PDEATHSIG, parent_death_signal, 0, 0, 0);
		if (getppid() != parent)
			fatal("the supervisor ended");
	}
	log_line(LOG_INFO, "rights-dropped", "user=" USER);
}

void rights_forget(void)
{
	if (is_limited)
		capabilities_set(0);
}
