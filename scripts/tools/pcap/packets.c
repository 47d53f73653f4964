// SPDX-License-Identifier: GPL-2.0
/*
 * packets.c - reads segments from a capture file, with libpcap
 */
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "source.h"

struct packets {
	pcap_t *pcap;
	int link;
};

static bool packets_next(struct source *source)
{
	struct packets *packets = source->own;
	struct pcap_pkthdr *header;
	const u8 *data;
	enum frame frame;
	int rc;

	while ((rc = pcap_next_ex(packets->pcap, &header, &data)) == 1) {
		source->counts.packets++;
		frame = frame_read(&source->seg, packets->link, data, header->caplen,
				   header->len);
		source->counts.frames[frame]++;
		if (frame != FRAME_SEGMENT)
			continue;
		source->seg.us = (u64)header->ts.tv_sec * 1000000 + header->ts.tv_usec;
		return true;
	}
	if (rc == PCAP_ERROR) {
		fail_note("%s: broken after %llu packets: %s", source->name,
			  source->counts.packets, pcap_geterr(packets->pcap));
		source->broken = true;
	}
	return false;
}

static void packets_close(struct source *source)
{
	struct packets *packets = source->own;

	pcap_close(packets->pcap);
	free(packets);
}

static const struct source_kind packets_kind = {
	.next = packets_next,
	.close = packets_close,
};

bool packets_open(struct source *source, FILE *file)
{
	struct packets *packets = fail_calloc(1, sizeof(*packets));
	char error[PCAP_ERRBUF_SIZE];

	packets->pcap = pcap_fopen_offline(file, error);
	if (!packets->pcap) {
		fail_note("%s: %s", source->name, error);
		fclose(file);
		free(packets);
		return false;
	}
	packets->link = pcap_datalink(packets->pcap);
	source->own = packets;
	source->kind = &packets_kind;
	if (!frame_known(packets->link)) {
		const char *name = pcap_datalink_val_to_name(packets->link);

		fail_note("%s: its link type, %s, is not known", source->name,
			  name ? name : "which has no name");
		source_close(source);
		return false;
	}
	return true;
}
