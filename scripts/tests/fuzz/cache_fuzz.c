// SPDX-License-Identifier: GPL-2.0
/*
 * cache_fuzz.c - fuzzes what is remembered and what follows from it: module/cache.c
 * in both its forms, and module/era.c
 *
 * The input is an era, the size of the cache, what the clocks stand at, and then
 * what happens, operation by operation. A model with rules, arithmetic and
 * memory of its own lives through the same. After each operation the answers,
 * all that both hold, and how the cache holds it must be right.
 */
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <stdint.h>

#include "agree.h"
#include "era.h"

/* Not linked but taken in here, for a look at what nobody else may see. */
#include "lru.c"
#include "rows.c"
#include "cache.c"

#define LONGEST_LIST	12
#define MOST_ROWS	4
#define MOST_PEERS	(2 * MOST_ROWS * TWR_ROW_PEERS)

/* As many namespaces exist at a time. */
#define NAMESPACES	2

unsigned long jiffies;
u64 fuzz_ns;

/* The numbers of the namespaces that exist, as the module is told. */
static u32 existing[NAMESPACES];

static bool some_namespace(u32 netns)
{
	unsigned int i;

	for (i = 0; i < NAMESPACES; i++)
		if (existing[i] == netns)
			return true;
	return false;
}

/* What there is left of the input; 0 behind its end. */
struct input {
	const uint8_t *at;
	size_t left;
};

/* What the releases do, told independently of era.c. */
struct told_era {
	const char *name;
	bool list;
	bool keys_by_local;
	bool has_ipv6;
	bool rejects_untimed;
	bool accepts_syn_fin;
	bool checks_reopened_ipv6;
	bool mapped;
	bool death_row_slots;
	bool rounds;
	bool young;
	bool has_unconditional_cookies;
	bool ignores_zero_tsval;
	bool ignores_backlog;
};

#define OLD_TIMES	.death_row_slots = true, .rounds = true, .young = true

static const struct told_era told_2_6_9 = {
	"2.6.9", OLD_TIMES, .list = true, .accepts_syn_fin = true, .ignores_zero_tsval = true,
	.ignores_backlog = true };
static const struct told_era told_2_6_20 = {
	"2.6.20", OLD_TIMES, .list = true, .accepts_syn_fin = true,
	.ignores_zero_tsval = true };
static const struct told_era told_2_6_32 = {
	"2.6.32", OLD_TIMES, .list = true, .accepts_syn_fin = true };
static const struct told_era told_2_6_39 = {
	"2.6.39", OLD_TIMES, .list = true, .accepts_syn_fin = true, .has_ipv6 = true };
static const struct told_era told_3_3 = {
	"3.3", OLD_TIMES, .list = true, .has_ipv6 = true };
static const struct told_era told_3_6 = {
	"3.6", OLD_TIMES, .has_ipv6 = true, .mapped = true };
static const struct told_era told_3_12 = {
	"3.12", OLD_TIMES, .has_ipv6 = true, .mapped = true,
	.has_unconditional_cookies = true };
static const struct told_era told_3_14 = {
	"3.14", OLD_TIMES, .has_ipv6 = true, .keys_by_local = true,
	.has_unconditional_cookies = true };
static const struct told_era told_3_17 = {
	"3.17", OLD_TIMES, .has_ipv6 = true, .keys_by_local = true,
	.has_unconditional_cookies = true, .rejects_untimed = true };
static const struct told_era told_3_18 = {
	"3.18", OLD_TIMES, .has_ipv6 = true, .keys_by_local = true,
	.has_unconditional_cookies = true, .rejects_untimed = true,
	.checks_reopened_ipv6 = true };
static const struct told_era told_4_1 = {
	"4.1", .rounds = true, .young = true,
	.has_ipv6 = true, .keys_by_local = true, .has_unconditional_cookies = true,
	.rejects_untimed = true, .checks_reopened_ipv6 = true };
static const struct told_era told_4_4 = {
	"4.4", .young = true, .has_ipv6 = true, .keys_by_local = true,
	.has_unconditional_cookies = true, .rejects_untimed = true,
	.checks_reopened_ipv6 = true };
static const struct told_era told_4_10 = {
	"4.10", .has_ipv6 = true, .keys_by_local = true, .has_unconditional_cookies = true,
	.rejects_untimed = true, .checks_reopened_ipv6 = true };
static const struct told_era told_el5 = {
	"el5", OLD_TIMES, .list = true, .ignores_zero_tsval = true, .ignores_backlog = true };
static const struct told_era told_el6 = {
	"el6", OLD_TIMES, .list = true };
static const struct told_era told_el7 = {
	"el7", OLD_TIMES, .has_ipv6 = true, .keys_by_local = true,
	.has_unconditional_cookies = true, .rejects_untimed = true };

static const struct told_era *const told_eras[] = {
	&told_2_6_32, &told_2_6_39, &told_3_3, &told_3_6, &told_3_14,
	&told_3_17, &told_3_18, &told_el6, &told_el7, &told_3_12,
	&told_4_1, &told_4_4, &told_4_10, &told_2_6_9, &told_2_6_20, &told_el5,
};

struct peer {
	bool taken;
	struct twr_key key;
	u32 ts;
	u64 second;	/* of the stamp, 0 if there was none */
	u64 used;	/* tick of the last use */
	u64 turn;	/* its number among all uses */
};

struct model {
	const struct told_era *told;
	struct peer peers[MOST_PEERS];
	unsigned int places;	/* of a row, or of the list */
	unsigned int rows;	/* of each family; 1 for a list, of both */
	u64 boot;		/* tick of the clock at the beginning */
	u64 ticks;		/* since then */
	u64 turns;
	u32 numbers;		/* that namespaces ever had */
	u32 exists[NAMESPACES];	/* the numbers of those that exist */
	u32 gone[NAMESPACES];	/* those of their predecessors, 0 for none */
};

static unsigned int byte(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

static u32 word(struct input *in)
{
	u32 high = byte(in) << 8;

	high |= byte(in);
	return high << 16 | byte(in) << 8 | byte(in);
}

static const struct told_era *told_release(const unsigned int *n, int parts)
{
	if (n[0] == 2) {
		if (parts < 3 || n[1] != 6 || n[2] < 9 || n[2] > 39)
			return NULL;
		return n[2] == 39 ? &told_2_6_39 : n[2] >= 30 ? &told_2_6_32 :
		       n[2] >= 20 ? &told_2_6_20 : &told_2_6_9;
	}
	if (parts > 3)
		return NULL;
	if (n[0] == 4)
		return n[1] > 11 ? NULL : n[1] >= 10 ? &told_4_10 :
		       n[1] >= 4 ? &told_4_4 : n[1] >= 1 ? &told_4_1 :
		       &told_3_18;
	if (n[0] != 3 || n[1] > 19)
		return NULL;
	return n[1] >= 18 ? &told_3_18 : n[1] == 17 ? &told_3_17 :
	       n[1] >= 14 ? &told_3_14 : n[1] >= 12 ? &told_3_12 :
	       n[1] >= 6 ? &told_3_6 :
	       n[1] >= 3 ? &told_3_3 : &told_2_6_39;
}

/* What uname -r prints on the kernels of distributions that are not Linux as released. */
static const struct told_era *told_distribution(const unsigned int *n, const char *rest)
{
	static const struct {
		const char *sign;
		unsigned int n[3];
		const struct told_era *told;
	} known[] = {
		{ ".el5", { 2, 6, 18 }, &told_el5 },
		{ ".el6", { 2, 6, 32 }, &told_el6 },
		{ "stab", { 2, 6, 32 }, &told_el6 },
		{ ".el7", { 3, 10, 0 }, &told_el7 },
		{ ".vz7", { 3, 10, 0 }, &told_el7 },
	};
	const char *at;
	size_t i;

	if (strstr(rest, "uek") || strstr(rest, ".elrepo"))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		at = strstr(rest, known[i].sign);
		if (at && !memcmp(n, known[i].n, sizeof(known[i].n)) &&
		    (at[0] == 's' || at[4] < '0' || at[4] > '9'))
			return known[i].told;
	}
	return NULL;
}

/*
 * el5, el6 or el7; else two to four numbers of up to three digits with dots between, and
 * then what a distribution puts behind a minus or a plus.
 */
static const struct told_era *told_find(const char *name)
{
	const struct told_era *told;
	unsigned int n[4] = { };
	int parts = 0, digits = 0;
	const char *at;

	if (name[0] == 'e')
		return !strcmp(name, "el5") ? &told_el5 : !strcmp(name, "el6") ? &told_el6 :
		       !strcmp(name, "el7") ? &told_el7 : NULL;
	for (; *name && *name != '-' && *name != '+'; name++) {
		if (*name == '.') {
			if (!digits || ++parts == 4)
				return NULL;
			digits = 0;
		} else {
			if (*name < '0' || *name > '9' || ++digits > 3)
				return NULL;
			n[parts] = n[parts] * 10 + *name - '0';
		}
	}
	if (!digits || !parts || !strcmp(name, "-"))
		return NULL;
	for (at = name; *at; at++)
		if (!strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-._~",
			    *at))
			return NULL;
	if (strstr(name, "-rc") || strstr(name, ".rc"))
		return NULL;
	told = told_distribution(n, name);
	return told ? told : told_release(n, parts + 1);
}

/* By its number, or by a name that the input spells. */
static const struct twr_era *choose_era(struct input *in, struct model *m)
{
	unsigned int chosen = byte(in);
	const struct twr_era *era;
	char name[40] = "";
	int i;

	if (chosen < 0x80) {
		m->told = told_eras[chosen % ARRAY_SIZE(told_eras)];
		strcpy(name, m->told->name);
	} else {
		for (i = 0; i < (int)sizeof(name) - 1; i++) {
			name[i] = byte(in);
			if (!name[i])
				break;
		}
		m->told = told_find(name);
	}

	era = twr_era_find(name);
	AGREE("there is such an era", !!m->told, !!era);
	if (!era)
		return NULL;
	AGREE("has a list", m->told->list, !!era->inet_peer_max);
	AGREE("goes by stamps only", m->told->list, era->needs_stamp);
	AGREE("tells local addresses apart", m->told->keys_by_local, era->keys_by_local);
	AGREE("has IPv6", m->told->has_ipv6, era->has_ipv6);
	AGREE("rejects untimed SYNs", m->told->rejects_untimed,
	      era->rejects_untimed);
	AGREE("takes SYN with FIN", m->told->accepts_syn_fin, era->accepts_syn_fin);
	AGREE("checks reopened buckets", m->told->checks_reopened_ipv6,
	      era->checks_reopened_ipv6);
	AGREE("goes by the route", !m->told->list, era->needs_route);
	AGREE("files IPv4 under IPv6", m->told->mapped, era->files_v4mapped_as_ipv6);
	AGREE("has slots on the death row", m->told->death_row_slots, era->has_death_row_slots);
	AGREE("rounds the backlog", m->told->rounds, era->rounds_up_backlog);
	AGREE("spares while few are young", m->told->young, era->allows_young_request);
	AGREE("knows cookies at any time", m->told->has_unconditional_cookies,
	      era->has_unconditional_cookies);
	AGREE("ignores a TSval of 0", m->told->ignores_zero_tsval, era->ignores_zero_tsval);
	AGREE("ignores the backlog", m->told->ignores_backlog, era->ignores_backlog);
	return era;
}

static u64 model_second(const struct model *m, u64 ago)
{
	return 1000000000 + (m->boot + m->ticks - ago) / HZ;
}

/* Ten minutes without a use, and a peer on the list is gone. */
static void model_expire(struct model *m)
{
	unsigned int i;

	for (i = 0; m->told->list && i < m->places; i++)
		if (m->ticks - m->peers[i].used >= 600 * HZ)
			m->peers[i].taken = false;
}

/* The places among which one of the peer's can be. */
static struct peer *model_row(struct model *m, const struct twr_key *key)
{
	bool v6 = key->peer.s6_addr[10] != 0xff;
	u32 word[4], row;

	if (m->told->list)
		return m->peers;
	/* A peer's row hangs on its own address, not on ours. The secret is 0. */
	memcpy(word, &key->peer, sizeof(word));
	row = v6 ? jhash2(word, 4, key->netns) :
		   jhash_2words(word[3], key->netns, 0);
	row %= m->rows;
	return m->peers + (row + (v6 ? m->rows : 0)) * m->places;
}

static struct peer *model_find(struct model *m, const struct twr_key *key)
{
	struct peer *row = model_row(m, key);
	unsigned int i;

	for (i = 0; i < m->places; i++)
		if (row[i].taken && !memcmp(&row[i].key, key, sizeof(*key)))
			return &row[i];
	return NULL;
}

static void model_use(struct model *m, struct peer *p)
{
	p->used = m->ticks;
	p->turn = ++m->turns;
}

static bool model_exists(const struct model *m, u32 netns)
{
	return netns == m->exists[0] || netns == m->exists[1];
}

/*
 * Who makes room for a peer of a namespace: in rows who belongs to another one, which
 * is gone, before all others, and among equals who was used least recently.
 */
static struct peer *model_victim(struct model *m, struct peer *row, u32 netns)
{
	struct peer *oldest = NULL, *dead = NULL;
	unsigned int i;

	for (i = 0; i < m->places; i++) {
		struct peer *p = &row[i];

		if (!oldest || p->turn < oldest->turn)
			oldest = p;
		if (p->key.netns != netns && !model_exists(m, p->key.netns) &&
		    (!dead || p->turn < dead->turn))
			dead = p;
	}
	return dead && !m->told->list ? dead : oldest;
}

/* Nobody has lost anything where the loser's namespace is gone. */
static struct peer *model_add(struct model *m, const struct twr_key *key,
			      bool *evicted)
{
	struct peer *row = model_row(m, key), *place = NULL;
	unsigned int i;

	for (i = 0; i < m->places && !place; i++)
		if (!row[i].taken)
			place = &row[i];
	*evicted = false;
	if (!place) {
		place = model_victim(m, row, key->netns);
		*evicted = model_exists(m, place->key.netns) ||
			   (!m->told->list && place->key.netns == key->netns);
	}
	*place = (struct peer) { .taken = true, .key = *key };
	model_use(m, place);
	return place;
}

/* How far b lies behind a on a circle of 2^32; 0 if it does not. */
static u32 behind(u32 a, u32 b)
{
	int64_t distance = (int64_t)a - b;

	if (distance < 0)
		distance += 0x100000000LL;
	return distance < 0x80000000LL ? distance : 0;
}

static enum twr_verdict model_judge(struct model *m, const struct twr_key *key,
				    bool timed, u32 tsval)
{
	struct peer *p = model_find(m, key);

	if (!p)
		return TWR_PASS;
	if (m->told->list)
		model_use(m, p);
	if (!p->second || model_second(m, 0) - p->second >= 60)
		return TWR_PASS;
	if (!timed || (m->told->ignores_zero_tsval && !tsval))
		return m->told->rejects_untimed ? TWR_REJECT_UNTIMED : TWR_PASS;
	return behind(p->ts, tsval) > 1 ? TWR_REJECT_OLDER : TWR_PASS;
}

/* A second of 0: the connection has no stamp to leave. */
static unsigned int model_update(struct model *m, const struct twr_key *key,
				 enum twr_conn_event event, u32 ts, u64 second,
				 u64 now)
{
	bool mini = event == TWR_EVENT_MINI_TIME_WAIT;
	struct peer *p = model_find(m, key);
	bool evicted = false;
	unsigned int done;

	if (event == TWR_EVENT_ABORTED || (m->told->list && !second))
		return 0;
	if (!p && mini && !m->told->list)
		return 0;
	if (!p)
		p = model_add(m, key, &evicted);
	else if (m->told->list || (!mini && event != TWR_EVENT_OPENED))
		model_use(m, p);

	done = TWR_UPDATE_KNOWN | (evicted ? TWR_UPDATE_EVICTED : 0);
	if (!second)
		return done;
	/* An older one, and what is there is not stale or was dated later. */
	if (p->second && behind(p->ts, ts) &&
	    !(now > p->second + 60 && second >= p->second))
		return done | TWR_UPDATE_REFUSED;
	p->ts = ts;
	p->second = second;
	return done | TWR_UPDATE_RECORDED;
}

static void expect_sound_list(struct twr_lru *lru)
{
	unsigned int in_order = 0, taken = 0, chained = 0, c;
	struct twr_lru_node *node, *last = NULL;
	struct list_head *at;

	AGREE("list is locked", 0, lru->lock.held);
	for (at = lru->order.next; at != &lru->order; at = at->next) {
		node = container_of(at, struct twr_lru_node, order);
		AGREE("order leads back", 1, at->next->prev == at);
		AGREE("order ends", 1, ++in_order <= lru->size);
		AGREE("free slots stand first", 1,
		      !last || !last->slot.key.netns || node->slot.key.netns);
		if (last && last->slot.key.netns)
			AGREE("order is that of uses", 1,
			      node->slot.last_used >= last->slot.last_used);
		taken += !!node->slot.key.netns;
		last = node;
	}
	AGREE("slots in order", lru->size, in_order);

	for (c = 0; c <= lru->mask; c++)
		hlist_for_each_entry(node, &lru->chains[c], chain) {
			AGREE("slot is in its chain", 1, &lru->chains[c] ==
			      twr_lru_chain(lru, &node->slot.key));
			AGREE("chain ends", 1, ++chained <= lru->size);
		}
	AGREE("slots in chains", taken, chained);
}

/* Return: how many peers are there. */
static unsigned int expect_sound_rows(struct twr_rows *rows)
{
	static const struct twr_peer nobody;
	struct twr_key key;
	unsigned int r, i, held = 0;

	for (r = 0; r <= rows->mask; r++) {
		struct twr_row *row = twr_rows_row(rows, r);
		bool ended = false;

		AGREE("row is locked", 0, row->lock.lock.held);
		AGREE("row is being written", 0, row->lock.seq.sequence % 2);
		for (i = 0; i < TWR_ROW_PEERS; i++) {
			struct twr_peer *p = twr_row_peer(rows, row, i);

			if (!p->netns) {
				AGREE("free place is empty", 0,
				      memcmp(p, &nobody, rows->peer_bytes));
				ended = true;
				continue;
			}
			AGREE("free places stand last", 0, ended);
			twr_peer_get_key(rows, p, &key);
			AGREE("peer is in its row", 1,
			      twr_rows_row_of(rows, &key) == row);
			held++;
		}
	}
	return held;
}

/* What one holds of a namespace, or of all that exist (0), the other shows, once. */
static void expect_shown(struct model *m, struct twr_cache *cache, u32 netns)
{
	unsigned int i, held = 0, walked = 0;
	bool seen[MOST_PEERS] = { };
	struct twr_entry entry;
	struct peer *p;
	u64 pos;

	for (i = 0; i < MOST_PEERS; i++)
		held += m->peers[i].taken &&
			(netns ? m->peers[i].key.netns == netns :
				 model_exists(m, m->peers[i].key.netns));
	for (pos = 0; twr_cache_next(cache, netns, &pos, &entry); pos++) {
		p = model_find(m, &entry.key);
		AGREE("is remembered", !!p, 1);
		AGREE("is there twice", 0, seen[p - m->peers]);
		seen[p - m->peers] = true;
		AGREE("stamp", p->ts, entry.stamp.ts);
		AGREE("date of the stamp", p->second, entry.stamp.ts_stamp);
		walked++;
	}
	AGREE("entries", held, walked);
	AGREE("entries counted", held, twr_cache_count(cache, netns));
}

/* Also what is left of namespaces that are gone, until others want its room. */
static void expect_same_content(struct model *m, struct twr_cache *cache)
{
	unsigned int i, held = 0;

	expect_shown(m, cache, 0);
	for (i = 0; i < NAMESPACES; i++) {
		expect_shown(m, cache, m->exists[i]);
		if (m->gone[i])
			expect_shown(m, cache, m->gone[i]);
	}

	if (cache->is_lru) {
		expect_sound_list(&cache->lru);
		return;
	}
	for (i = 0; i < MOST_PEERS; i++)
		held += m->peers[i].taken;
	AGREE("places taken", held, expect_sound_rows(&cache->rows) +
				    expect_sound_rows(&cache->rows6));
}

static void an_address(struct in6_addr *address, bool v6, u8 host)
{
	if (v6)
		address->s6_addr[0] = 0x20;
	else
		address->s6_addr32[2] = htonl(0x0000ffff);
	address->s6_addr[15] = host;
}

/* gone: of a namespace that went, while packets of its were still on their way */
static struct twr_key some_key(struct input *in, const struct model *m,
			       const struct twr_era *era, bool gone)
{
	unsigned int who = byte(in), which = who >> 4 & 1;
	struct twr_key key = { .netns = m->exists[which] };

	bool v6 = era->has_ipv6 && who & 0x80;

	if (gone && m->gone[which])
		key.netns = m->gone[which];
	an_address(&key.peer, v6, 1 + (who & 15) + (who >> 6 & 1) * 16);
	if (era->keys_by_local)
		an_address(&key.local, v6, 1 + (who >> 5 & 1));
	twr_key_set_hash(&key);
	return key;
}

/* Near what is known of the peer, or anywhere. */
static u32 some_ts(struct input *in, struct model *m, const struct twr_key *key)
{
	static const u32 away[] = {
		0, 1, 2, 3, 100, -1, -2, -3, -100, 0x7ffffffe, 0x7fffffff,
		0x80000000, 0x80000001, 0x80000002,
	};
	struct peer *p = model_find(m, key);
	unsigned int chosen = byte(in);

	if (chosen >= 0xc0)
		return word(in);
	return (p ? p->ts : 0) + away[chosen % ARRAY_SIZE(away)];
}

/* A time on one side or the other of where something changes, in ticks. */
static u64 some_time(struct input *in)
{
	static const u32 seconds[] = {
		0, 1, 2, 30, 58, 59, 60, 61, 62, 120, 598, 599, 600, 601, 3600,
		86400,
	};
	unsigned int chosen = byte(in);
	u64 ticks = (u64)seconds[chosen % ARRAY_SIZE(seconds)] * HZ;

	switch (chosen >> 4) {
	case 0:
		return ticks + 1;
	case 1:
		return ticks ? ticks - 1 : 0;
	case 15:
		return word(in);
	default:
		return ticks;
	}
}

static void judge_syn(struct input *in, struct model *m, const struct twr_era *era,
		      struct twr_cache *cache, bool timed, bool gone)
{
	struct twr_key key = some_key(in, m, era, gone);
	u32 ts = some_ts(in, m, &key);
	enum twr_verdict verdict = TWR_PASS;
	struct twr_stamp cached;

	if (twr_cache_lookup(cache, &key, jiffies, &cached))
		verdict = twr_era_judge_syn(era, &cached, timed, ts, twr_stamp_now());
	AGREE("verdict", model_judge(m, &key, timed, ts), verdict);
}

/* What happens to a connection, when, and what was known of its peer's clock. */
static void update_cache(struct input *in, struct model *m, const struct twr_era *era,
			 struct twr_cache *cache, bool late, bool gone)
{
	struct twr_key key = some_key(in, m, era, gone);
	unsigned int what = byte(in), done = 0;
	enum twr_conn_event event = what % 8 % 6;
	bool stamped = event != TWR_EVENT_OPENED && event != TWR_EVENT_CLOSED &&
		       event != TWR_EVENT_ABORTED &&
		       (what & 0x80 || event == TWR_EVENT_MINI_TIME_WAIT);
	u64 ago = late ? min(some_time(in), m->boot + m->ticks) : 0;
	u64 now = model_second(m, ago), second, then = fuzz_ns;
	struct twr_update update = {
		.creates_entry = twr_era_creates_entry(era, event),
		.uses_entry = twr_era_uses_entry(era, event),
		.has_stamp = stamped,
	};
	u32 ts = some_ts(in, m, &key);

	second = now - min(what & 0x40 ? some_time(in) / HZ : 0,
			   now - 1000000000);
	if (stamped) {
		update.stamp.ts = ts;
		update.stamp.ts_stamp = second;
	}
	if (late)
		then -= ago * (1000000000 / HZ);
	AGREE("second", now, twr_stamp_second(then / 1000000000));
	if (!late)
		AGREE("this second", now, twr_stamp_now());

	/* As engine.c has it. */
	if (stamped || (!era->needs_stamp && (update.creates_entry || update.uses_entry)))
		done = twr_cache_update(cache, &key, &update, twr_era_replaces_stamp,
					now, jiffies);
	AGREE("what the update did",
	      model_update(m, &key, event, ts, stamped ? second : 0, now), done);
}

static void pass_time(struct model *m, u64 ticks)
{
	/* Where a u32 of twr_stamp_now() ends, so does the life. */
	if (1000000000 + (m->boot + m->ticks + ticks) / HZ > UINT32_MAX)
		return;
	m->ticks += ticks;
	jiffies += ticks;
	fuzz_ns += ticks * (1000000000 / HZ);
	model_expire(m);
}

static void reset(struct model *m, struct twr_cache *cache)
{
	unsigned int i;

	for (i = 0; i < MOST_PEERS; i++)
		m->peers[i].taken = false;
	twr_cache_reset(cache);
}

/* A namespace goes and another comes, with a number that none had before. */
static void replace_namespace(struct model *m, unsigned int which)
{
	m->gone[which] = m->exists[which];
	m->exists[which] = ++m->numbers;
	existing[which] = m->exists[which];
}

static void set_clocks(struct input *in, struct model *m)
{
	/* The last one is where a u32 of twr_stamp_now() ends, a hundred years on. */
	static const u64 boots[] = { 0, 1, 59, 61, 1000000, 3286000000 };
	static const u32 ticks[] = {
		0, 1, -1, -300 * HZ, -86400 * HZ, 0x7fffff00, 0x80000000,
	};
	unsigned int chosen = byte(in);

	m->boot = boots[chosen % ARRAY_SIZE(boots)] * HZ;
	m->ticks = 0;
	fuzz_ns = m->boot * (1000000000 / HZ);
	jiffies = ticks[(chosen >> 4) % ARRAY_SIZE(ticks)];
}

static struct twr_cache *some_cache(struct input *in, struct model *m,
				    const struct twr_era *era)
{
	unsigned int size = byte(in);
	struct twr_cache_config config = {
		.rows = 1 << size % 3,
		.rows6 = 1 << size % 3,
		.netns_is_alive = some_namespace,
	};

	m->rows = m->told->list ? 1 : config.rows;
	m->places = TWR_ROW_PEERS;
	if (m->told->list) {
		m->places = 1 + size % LONGEST_LIST;
		config.lru_entries = m->places;
		config.lru_ttl = era->inet_peer_ttl;
	}
	return twr_cache_new(&config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const struct twr_era *era;
	struct twr_cache *cache;
	struct model m = { };
	unsigned int i;

	era = choose_era(&in, &m);
	if (!era)
		return 0;
	set_clocks(&in, &m);
	for (i = 0; i < NAMESPACES; i++)
		replace_namespace(&m, i);
	cache = some_cache(&in, &m, era);
	while (in.left) {
		unsigned int op = byte(&in);
		bool gone = op & 0x40;

		switch (op % 8) {
		case 0:
		case 1:
			judge_syn(&in, &m, era, cache, op & 0x80, gone);
			break;
		case 2:
		case 3:
		case 4:
			update_cache(&in, &m, era, cache, false, gone);
			break;
		case 5:
			update_cache(&in, &m, era, cache, true, gone);
			break;
		case 6:
			pass_time(&m, some_time(&in));
			break;
		case 7:
			i = (op >> 3) % (1 + NAMESPACES);
			if (i)
				replace_namespace(&m, i - 1);
			else
				reset(&m, cache);
			break;
		}
		expect_same_content(&m, cache);
	}
	twr_cache_free(cache);
	return 0;
}
