// SPDX-License-Identifier: GPL-2.0
/* The TUN device between the machine under test and its peers. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "network.h"
#include "tun.h"

#define DEVICE		"replay0"
#define IPV4_CONF	"/proc/sys/net/ipv4/conf/"

static void refuse_machine_in_use(void)
{
	char line[256], dst[9], mask[9];
	FILE *f = fopen("/proc/net/route", "r");

	if (!f)
		err(2, "/proc/net/route");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %8s %*s %*s %*s %*s %*s %8s", dst, mask) == 2 &&
		    !strcmp(dst, "00000000") && !strcmp(mask, "00000000"))
			errx(2, "there is a default route; needs a network namespace of its own");
	fclose(f);
}

static void set_zero(const char *file)
{
	FILE *f = fopen(file, "w");

	if (!f || fputs("0\n", f) < 0 || fclose(f))
		err(2, "%s", file);
}

static void configure(void)
{
	/* the stricter value of "all" and of the device counts */
	set_zero(IPV4_CONF "all/rp_filter");
	set_zero(IPV4_CONF DEVICE "/rp_filter");
	network_set_up(DEVICE);
}

int tun_open(void)
{
	struct ifreq ifr = { .ifr_name = DEVICE };
	int tun;

	if (geteuid())
		errx(2, "must be root");
	refuse_machine_in_use();
	tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tun < 0)
		err(2, "/dev/net/tun (a kernel may need modprobe tun)");
	ifr.ifr_flags = IFF_TUN | IFF_NO_PI;
	if (ioctl(tun, TUNSETIFF, &ifr))
		err(2, "cannot make the device " DEVICE);
	configure();
	return tun;
}

void tun_write(int tun, const uint8_t *packet, size_t len)
{
	if (write(tun, packet, len) != (ssize_t)len)
		err(2, "write to " DEVICE);
}

size_t tun_read(int tun, uint8_t *packet, size_t size)
{
	ssize_t len = read(tun, packet, size);

	if (len < 0 && errno != EAGAIN)
		err(2, "read from " DEVICE);
	return len < 0 ? 0 : len;
}
