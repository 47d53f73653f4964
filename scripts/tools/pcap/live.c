// SPDX-License-Identifier: GPL-2.0
/*
 * live.c - captures from a device
 *
 * libpcap can wait forever if no packets come, so it never waits: poll() waits for a tenth
 * of a second, and then the program looks at the clock.
 */
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pcap/pcap.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "frame.h"
#include "live.h"
#include "report.h"

/* Headers and all options fit; the program does not read data. */
#define LIVE_SNAPLEN	192

/* How long to wait for more packets, milliseconds. */
#define LIVE_WAIT	100

/* Number of packets after which the program looks at the clock. */
#define LIVE_BATCH	1000

/*
 * The kernel passes on only TCP, and packets that may contain TCP: those with other
 * IPv6 headers, and those with a VLAN tag, which not every device supports.
 */
#define LIVE_TCP	"tcp or (ip6 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or "	\
			"ip6[6] = 51 or ip6[6] = 60))"
#define LIVE_VLAN	" or (vlan and (tcp or ip6))"

/* The counters in a line of rates. */
struct live_sample {
	u64 rejected;
	u64 seen;
	u64 checked;
	u64 silent;
	u64 stamps;
};

static atomic_bool live_stopped;

static void live_stop(int signal)
{
	(void)signal;
	live_stopped = true;
}

static u64 live_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000ULL + now.tv_nsec / 1000;
}

static struct live_sample live_sample(const struct judge *judge)
{
	u64 sums[TWR_COUNTERS] = { };
	struct live_sample sample = { .silent = judge->syns[ANSWER_NONE] };
	u32 i;

	twr_stats_sum(&judge->eras[0].stats, sums);
	for (i = 0; i < TWR_COUNTER_FILES; i++) {
		const struct twr_counter_file *file = &twr_counter_files[i];
		u64 value = twr_stats_file_value(file, sums);

		if (file->dir)
			continue;
		if (!strcmp(file->name, "syns_rejected"))
			sample.rejected = value;
		else if (!strcmp(file->name, "syns_seen"))
			sample.seen = value;
		else if (!strcmp(file->name, "syns_checked"))
			sample.checked = value;
		else if (!strcmp(file->name, "stamps_recorded"))
			sample.stamps = value;
	}
	return sample;
}

/* Prints a line of rates, like twrstat -i. */
static void live_rates(const struct judge *judge, struct live_sample *before, double seconds)
{
	struct live_sample now = live_sample(judge);

	printf("%8.4g %8.4g %8.4g %8.4g %8.4g\n", (now.rejected - before->rejected) / seconds,
	       (now.seen - before->seen) / seconds, (now.checked - before->checked) / seconds,
	       (now.silent - before->silent) / seconds,
	       (now.stamps - before->stamps) / seconds);
	fflush(stdout);
	*before = now;
}

/* Opening the device needed root's rights; nothing after it does. */
static void live_give_up_rights(void)
{
	struct passwd *nobody;

	if (geteuid())
		return;
	nobody = getpwnam("nobody");
	if (!nobody || setgroups(0, NULL) || setgid(nobody->pw_gid) ||
	    setuid(nobody->pw_uid))
		fail_exit(1, "cannot give up root's rights: %s",
			  nobody ? strerror(errno) : "there is no user nobody");
}

static pcap_t *live_open(const char *device)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_create(device, error);
	struct bpf_program filter;
	int rc;

	if (!pcap)
		fail_exit(1, "%s: %s", device, error);
	pcap_set_snaplen(pcap, LIVE_SNAPLEN);
	pcap_set_timeout(pcap, LIVE_WAIT);
	pcap_set_buffer_size(pcap, 16 << 20);
	rc = pcap_activate(pcap);
	if (rc < 0)
		fail_exit(1, "%s: %s%s", device, pcap_statustostr(rc),
			  rc == PCAP_ERROR_PERM_DENIED ? "; try sudo" : "");
	if (!frame_known(pcap_datalink(pcap)))
		fail_exit(1, "%s: its link type is not known", device);
	if (pcap_compile(pcap, &filter, LIVE_TCP LIVE_VLAN, 1, PCAP_NETMASK_UNKNOWN) &&
	    pcap_compile(pcap, &filter, LIVE_TCP, 1, PCAP_NETMASK_UNKNOWN))
		fail_exit(1, "%s: %s", device, pcap_geterr(pcap));
	if (pcap_setfilter(pcap, &filter) || pcap_setnonblock(pcap, 1, error))
		fail_exit(1, "%s: %s", device, pcap_geterr(pcap));
	pcap_freecode(&filter);
	live_give_up_rights();
	return pcap;
}

/* What live_packet() needs to pass a packet to the tracker. */
struct live_packets {
	struct run *run;
	int link;
};

static void live_packet(u8 *own, const struct pcap_pkthdr *header, const u8 *data)
{
	const struct live_packets *packets = (const struct live_packets *)own;
	struct run *run = packets->run;
	struct segment seg;
	enum frame frame = frame_read(&seg, packets->link, data, header->caplen,
				      header->len);

	run->counts.packets++;
	run->counts.frames[frame]++;
	if (frame != FRAME_SEGMENT)
		return;
	seg.us = header->ts.tv_sec * 1000000ULL + header->ts.tv_usec;
	flows_expect(run->track.flows, &seg);
	track_segment(&run->track, &seg);
}

/* Return: false if the device failed. */
static bool live_listen(struct run *run, pcap_t *pcap)
{
	struct live_packets packets = { run, pcap_datalink(pcap) };
	struct pollfd device = { .fd = pcap_get_selectable_fd(pcap), .events = POLLIN };
	const u64 interval = run->options.interval * 1000000ULL;
	struct live_sample before = { };
	u64 told = live_now(), now;
	int rc = 0;

	while (!live_stopped && rc >= 0) {
		if (!rc)
			poll(&device, 1, LIVE_WAIT);
		rc = pcap_dispatch(pcap, LIVE_BATCH, live_packet, (u8 *)&packets);
		now = live_now();
		/* Packets have the time of the same clock, but may come late. */
		feed_pass(run->track.feed, now - LIVE_WAIT * 1000);
		if (interval && now >= told + interval) {
			live_rates(&run->judge, &before, (now - told) / 1e6);
			told = now;
		}
	}
	if (rc < 0)
		fail_note("%s: %s", run->options.device, pcap_geterr(pcap));
	return rc >= 0;
}

bool live(struct run *run)
{
	struct sigaction stop = { .sa_handler = live_stop };
	pcap_t *pcap = live_open(run->options.device);
	struct pcap_stat stat;
	bool good;

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	run->judge.began = live_now();
	fprintf(stderr, "twr-pcap: listening to %s, Ctrl-C ends\n", run->options.device);
	if (run->options.interval)
		printf("%8s %8s %8s %8s %8s\n", "rejected", "seen", "checked", "silent", "stamps");
	good = live_listen(run, pcap);

	if (!pcap_stats(pcap, &stat))
		run->dropped = stat.ps_drop;
	feed_end(run->track.feed);
	judge_end(&run->judge);
	report(run);
	pcap_close(pcap);
	return good;
}
